package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one order in which claims and commits of a job happen: entries 1, 2, 3, ... each written with
 * create-if-absent. Why that is enough stands above {@link CheckpointProtocol}.
 *
 * <p>Thread safe, as the store is.
 */
final class CommitLog {

  static final String DIRECTORY = "log/";

  private static final int MAX_RACES = 1000;

  private final CheckpointStore store;
  private final String prefix;
  private final LogSlots slots;

  /**
   * @param job prefix of the job's objects
   */
  CommitLog(CheckpointStore store, String job, LogSlots slots) {
    this.store = store;
    this.prefix = job + DIRECTORY;
    this.slots = slots;
  }

  /** What came of an attempt to write an entry. */
  sealed interface Appended {
    /** It is in the log, and was the last of it. */
    record Done() implements Appended {}

    /** Something else is there, or was once. */
    record Taken() implements Appended {}
  }

  /**
   * Writes a claim behind the last entry.
   *
   * @param problems is told of entries that cannot be read and were passed over
   * @throws CorruptCheckpointException if none of the newest entries can be read
   */
  LogEntry claim(List<String> problems) throws IOException {
    for (int i = 0; i < MAX_RACES; i++) {
      long end = slots.end(this::exists);
      List<String> found = new ArrayList<>();
      Optional<LogEntry> base = newestReadable(end, found);
      if (base.isPresent()) {
        LogEntry claim = CheckpointProtocol.claim(base.get(), end + 1);
        if (append(claim) instanceof Appended.Done) {
          problems.addAll(found);
          return claim;
        }
      }
    }
    throw new IOException(
        "Lost " + MAX_RACES + " races for an epoch in " + prefix + ": too many processes want it");
  }

  /**
   * The last entry that can be read, {@link LogEntry#NONE} if there is none, for somebody who does
   * not want to write.
   *
   * @param problems is told of entries that cannot be read and were passed over
   * @throws CorruptCheckpointException if none of the newest entries can be read
   */
  LogEntry last(Consumer<String> problems) throws IOException {
    for (int i = 0; i < MAX_RACES; i++) {
      List<String> found = new ArrayList<>();
      Optional<LogEntry> last = newestReadable(slots.end(this::exists), found);
      if (last.isPresent()) {
        found.forEach(problems);
        return last.get();
      }
    }
    throw new IOException("Lost " + MAX_RACES + " races to the end of " + prefix);
  }

  /** The entry to go on from; empty if the log has moved away meanwhile. */
  private Optional<LogEntry> newestReadable(long end, List<String> problems) throws IOException {
    if (end == 0) {
      return Optional.of(LogEntry.NONE);
    }
    long oldest = Math.max(1, end - slots.kept());
    for (long slot = end; slot >= oldest; slot--) {
      try {
        Optional<LogEntry> entry = read(slot);
        if (entry.isPresent()) {
          return entry;
        }
        if (slot == end) {
          return Optional.empty();
        }
        problems.add(path(slot) + ": missing");
      } catch (CorruptCheckpointException e) {
        problems.add(e.getMessage());
      }
    }
    throw new CorruptCheckpointException(
        path(end),
        "neither it nor the entries before it can be read ("
            + String.join("; ", problems)
            + "). Start from the path of a checkpoint, under another job name.");
  }

  /**
   * Writes an entry.
   *
   * @throws IOException if that failed; the entry may be there, or appear later
   */
  Appended append(LogEntry entry) throws IOException {
    return store.createIfAbsent(path(entry.slot()), entry.encode()) && !overtaken(entry.slot())
        ? new Appended.Done()
        : new Appended.Taken();
  }

  /**
   * An entry, if it is there.
   *
   * @throws CorruptCheckpointException if it is there and cannot be read
   */
  Optional<LogEntry> read(long slot) throws IOException {
    try {
      return Optional.of(LogEntry.decode(path(slot), slot, store.read(path(slot))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Whether an entry that is there does not count: it was written long after its time. */
  boolean overtaken(long slot) throws IOException {
    return slots.overtaken(slot, this::exists);
  }

  /**
   * Deletes entries that nobody needs.
   *
   * @param listed objects below the log's directory, maybe as they were some time ago
   * @param end the last entry that the caller knows of
   */
  void trim(List<StoredObject> listed, long end) throws IOException {
    for (StoredObject object : listed) {
      Optional<Long> slot = slotOf(object.path());
      if (slot.isPresent() && slots.deletable(slot.get(), end)) {
        store.delete(object.path());
      }
    }
  }

  private boolean exists(long slot) throws IOException {
    return store.length(path(slot)).isPresent();
  }

  private String path(long slot) {
    return prefix + String.format("%012d", slot);
  }

  /** Which entry an object is; empty if it is something else that somebody has put there. */
  private Optional<Long> slotOf(String path) {
    try {
      long slot = Long.parseLong(path.substring(prefix.length()));
      return Optional.of(slot).filter(s -> path.equals(path(s)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
