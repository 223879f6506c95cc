package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may be committed, restored and deleted. Facts in, decision out; no I/O.
 *
 * <h2>Commits, and why a zombie's are impossible</h2>
 *
 * All that is true of a job is in one log of entries 1, 2, 3, ... and each is written with
 * create-if-absent, by somebody who has read the entry before it. An entry is a <em>claim</em>,
 * with which a process takes the job, or a <em>commit</em>, with which the process whose claim came
 * last adds a checkpoint. Both compete for the same name. An entry repeats what of the entry before
 * is still valid, so that the last one says everything. The number of a claim's entry is the epoch.
 *
 * <ul>
 *   <li><b>There is one order.</b> Of all who try to write entry n one succeeds, and it has seen
 *       entry n-1. So entries form a chain, and behind each stands one other at most.
 *   <li><b>A zombie cannot commit.</b> Process A has last written entry n, so it commits by writing
 *       n+1. Process B takes over by writing a claim behind the last entry. If B's claim is n+1,
 *       A's commit fails, whenever it comes; A need not find out about B before, and no clock is
 *       involved. If A's commit came first, then B's claim at n+1 fails, B reads A's commit and
 *       claims n+2: what A has been told is committed, B restores. There is nothing in between.
 *   <li><b>A check before the commit would not do.</b> A may sleep between check and commit; B
 *       would restore an older checkpoint; A's commit would then be a second truth, by which A's
 *       sources acknowledge what B is about to read again.
 *   <li><b>Two that start at once</b> want the same entry. The loser reads the winner's claim and
 *       claims the entry behind it, which fences the winner. The later one keeps the job.
 *   <li><b>An answer that is lost</b> leaves a process not knowing whether it has written n+1, and
 *       a request on its way may still write it. The process settles that before it does anything
 *       else: it reads n+1. An entry of its own epoch is its own, and counts; another's means that
 *       it is fenced; if there is none, it writes n+1 anew, and one of the two wins. What an
 *       unsettled entry names is not deleted ({@link #garbage}).
 *   <li><b>Entries are deleted</b>, or there would be no end of them, and one who slept could then
 *       write an entry that others wrote and deleted. {@link LogSlots} says which entries go, and
 *       how whoever has written one finds out that it came too late. Such an entry does not count,
 *       whether its writer lives to find out or not: it is behind the places where the end is
 *       looked for.
 *   <li><b>Objects</b> are written once: an attempt's directory has its id and epoch in its name,
 *       an epoch uses an id once. A zombie cannot overwrite what another wrote, and a delete that
 *       arrives late cannot hit something new.
 * </ul>
 *
 * <h2>Lineage</h2>
 *
 * A run continues from what it was restored from. Checkpoints newer than that (they were broken)
 * were made by a run that this one is not a continuation of; with its first commit they are no
 * longer there to be restored.
 *
 * <h2>Garbage</h2>
 *
 * Let n be the last entry that a process knows to be its own, and let it list the objects, before
 * or after it wrote n. An object of the listing that no checkpoint of n names is named by no later
 * one either, for a later one names what n names, or what was uploaded for it. What its own epoch
 * has under way this process knows. What lower epochs have under way can never be committed, so it
 * is garbage; this is how a zombie's goes in the end. What a higher epoch has under way bears that
 * epoch's number, and stays. All this holds however old the listing is, and however late the
 * deletes are done, since no path is used a second time.
 */
final class CheckpointProtocol {

  private CheckpointProtocol() {}

  /** The entry with which a process takes the job. */
  static LogEntry claim(LogEntry last, long slot) {
    return new LogEntry(slot, slot, last.lastId(), last.lineage(), last.savepoints());
  }

  /**
   * The entry with which a process commits.
   *
   * @param last its own last entry
   * @param lineage what this run continues from, oldest first, all of it in {@code last}
   * @param retained number of checkpoints to keep, savepoints not counted
   */
  static LogEntry commit(
      LogEntry last, List<CheckpointRef> lineage, CheckpointRef added, int retained) {
    List<CheckpointRef> line = new ArrayList<>(lineage);
    line.add(added);
    long surplus = line.stream().filter(ref -> ref.kind() == Kind.CHECKPOINT).count() - retained;
    List<CheckpointRef> kept = new ArrayList<>();
    for (CheckpointRef ref : line) {
      if (ref.kind() == Kind.CHECKPOINT && surplus > 0) {
        surplus--;
      } else {
        kept.add(ref);
      }
    }
    List<CheckpointRef> savepoints = new ArrayList<>(last.savepoints());
    for (CheckpointRef ref : last.lineage()) {
      if (ref.kind() == Kind.SAVEPOINT && !kept.contains(ref)) {
        savepoints.add(ref);
      }
    }
    return new LogEntry(last.slot() + 1, last.epoch(), added.id(), kept, savepoints);
  }

  /** What a process does about the entry behind its own last one, before it goes on. */
  enum Next {
    /** There is none: go on. */
    FREE,
    /** An earlier attempt of this process, after all: it is the last entry now. */
    OWN,
    /** The job belongs to another. */
    FENCED
  }

  /**
   * Decides about the entry behind a process's own last one.
   *
   * @param overtaken whether the log is known to have gone on long behind it
   */
  static Next next(long epoch, Optional<LogEntry> found, boolean overtaken) {
    if (overtaken) {
      return Next.FENCED;
    }
    return found.map(e -> e.epoch() == epoch ? Next.OWN : Next.FENCED).orElse(Next.FREE);
  }

  /**
   * What may be restored, newest first.
   *
   * @param before only what is older than the checkpoint of this id; {@code Long.MAX_VALUE} for all
   */
  static List<CheckpointRef> restorable(LogEntry last, long before) {
    List<CheckpointRef> newestFirst = new ArrayList<>();
    for (CheckpointRef ref : last.lineage()) {
      if (ref.id() < before) {
        newestFirst.add(0, ref);
      }
    }
    return newestFirst;
  }

  /**
   * The ancestors of the run when an entry of this process turns out to be there. What it has
   * dropped stays dropped, since it may be deleted already.
   *
   * @param lineage the ancestors so far
   * @param ofThisRun whether the entry's checkpoint was made since the run was last restored
   */
  static List<CheckpointRef> lineageAfter(
      List<CheckpointRef> lineage, LogEntry adopted, boolean ofThisRun) {
    return ofThisRun
        ? adopted.lineage()
        : lineage.stream().filter(adopted.lineage()::contains).toList();
  }

  /** The ancestors of a run that is restored from this one: it and those before. */
  static List<CheckpointRef> lineageUpTo(LogEntry last, CheckpointRef restored) {
    return last.lineage().subList(0, last.lineage().indexOf(restored) + 1);
  }

  /**
   * The objects of a listing that may be deleted.
   *
   * @param listed paths below the directories of checkpoints and savepoints, relative to the job
   * @param last the process's own last entry, not older than the listing
   * @param named objects that checkpoints of {@code last} name, or attempts of this process whose
   *     outcome is not settled, or that it has uploaded for its next attempt
   */
  static List<String> garbage(Collection<String> listed, LogEntry last, Set<String> named) {
    List<String> garbage = new ArrayList<>();
    for (String path : listed) {
      if (CheckpointRef.epochOf(path) <= last.epoch()
          && !named.contains(path)
          && !belongsToSavepoint(path, last)) {
        garbage.add(path);
      }
    }
    return garbage;
  }

  private static boolean belongsToSavepoint(String path, LogEntry last) {
    return path.startsWith(CheckpointRef.SAVEPOINTS)
        && (contains(last.savepoints(), path) || contains(last.lineage(), path));
  }

  private static boolean contains(List<CheckpointRef> refs, String path) {
    for (CheckpointRef ref : refs) {
      if (path.startsWith(ref.directory() + "/")) {
        return true;
      }
    }
    return false;
  }
}
