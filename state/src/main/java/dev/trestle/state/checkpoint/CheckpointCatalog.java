package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is in a store, for somebody who only looks: no job is taken, nothing is written. What a job
 * that runs has may be gone a moment later.
 *
 * <p>Thread safe, as the store is.
 */
public final class CheckpointCatalog {

  private final CheckpointStore store;
  private final CheckpointReader reader;

  public CheckpointCatalog(CheckpointStore store) {
    this.store = store;
    this.reader = new CheckpointReader(store);
  }

  /**
   * A checkpoint or savepoint that a job's log names.
   *
   * @param directory the manifest's, relative to the store
   * @param restorable whether the job may go on from it; false for savepoints of an earlier life of
   *     the job, from which it does not come
   */
  public record Listed(long id, long epoch, Kind kind, String directory, boolean restorable) {}

  /** The names of all jobs, in their order. */
  public List<String> jobs() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (StoredObject object : store.list("")) {
      String[] segments = object.path().split("/", -1);
      if (segments.length == 3 && CommitLog.DIRECTORY.equals(segments[1] + "/")) {
        names.add(ObjectPath.text(segments[0]));
      }
    }
    return List.copyOf(names);
  }

  /** Whether the store is itself the directory of a checkpoint, one that was copied for example. */
  public boolean isCheckpoint() throws IOException {
    return store.length(CheckpointRef.MANIFEST).isPresent();
  }

  /**
   * What the last entry of a job's log names, oldest first; nothing if there is no such job.
   *
   * @param problems is told of entries that cannot be read and were passed over
   * @throws CorruptCheckpointException if none of the newest entries can be read
   * @throws UnknownFormatException if a newer Trestle ran the job
   */
  public List<Listed> checkpoints(String jobName, Consumer<String> problems) throws IOException {
    String job = ObjectPath.segment(jobName) + "/";
    LogEntry last = new CommitLog(store, job, LogSlots.DEFAULT).last(problems);
    List<Listed> listed = new ArrayList<>();
    last.lineage().forEach(ref -> listed.add(listed(job, ref, true)));
    last.savepoints().forEach(ref -> listed.add(listed(job, ref, false)));
    listed.sort(Comparator.comparingLong(Listed::id).thenComparingLong(Listed::epoch));
    return listed;
  }

  private static Listed listed(String job, CheckpointRef ref, boolean restorable) {
    return new Listed(ref.id(), ref.epoch(), ref.kind(), job + ref.directory(), restorable);
  }

  /**
   * What a checkpoint holds; whether its files are there is not looked at.
   *
   * @param directory what holds the manifest, relative to the store; empty for the store itself
   * @throws CorruptCheckpointException if the manifest is missing or altered
   * @throws UnknownFormatException if a newer Trestle wrote it
   */
  public CheckpointManifest manifest(String directory) throws IOException {
    return reader.read(directory);
  }
}
