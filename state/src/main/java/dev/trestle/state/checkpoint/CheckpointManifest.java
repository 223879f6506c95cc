package dev.trestle.state.checkpoint;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one checkpoint holds. Immutable; two with equal content have equal bytes, in whatever order
 * tasks, files and properties were given.
 *
 * @param formatVersion of the bytes it was read from, or {@link #FORMAT_VERSION}
 * @param id of the checkpoint, positive, increasing within a job
 * @param epoch of the process that made it, positive, increasing within a job
 * @param jobName name of the job
 * @param completedMillis when all files had been stored, milliseconds since 1970
 * @param kind whether retention may delete it
 * @param keyGroups the job's number of key groups, positive
 * @param pipeline opaque here: what the runner needs to tell whether the pipeline has changed
 * @param properties opaque here, sorted by key
 * @param tasks sorted by stage and index
 */
public record CheckpointManifest(
    int formatVersion,
    long id,
    long epoch,
    String jobName,
    long completedMillis,
    Kind kind,
    int keyGroups,
    Bytes pipeline,
    Map<String, String> properties,
    List<Task> tasks) {

  /** The version that this Trestle writes, and the newest that it reads. */
  public static final int FORMAT_VERSION = 1;

  /** Who decides how long a checkpoint lives. */
  public enum Kind {
    /** Retention: the newest few are kept. Shares files with its neighbours. */
    CHECKPOINT,
    /** The user: never deleted. Shares no file, so that its directory can be moved or deleted. */
    SAVEPOINT
  }

  public CheckpointManifest {
    properties = Collections.unmodifiableMap(new TreeMap<>(properties));
    tasks =
        tasks.stream()
            .sorted(Comparator.comparing(Task::stage).thenComparingInt(Task::index))
            .toList();
  }

  /** What a task handed over; see {@link TaskSnapshot}. Files are sorted by name. */
  public record Task(
      String stage,
      int index,
      int firstKeyGroup,
      int endKeyGroup,
      boolean finished,
      long inputWatermark,
      long outputWatermark,
      List<File> files) {
    public Task {
      files = files.stream().sorted(Comparator.comparing(File::name)).toList();
    }
  }

  /**
   * A file of a task.
   *
   * @param name what the task calls it
   * @param shared whether other checkpoints may name the same object
   * @param path the object: its name in the directory of this manifest, or, with one '/', a
   *     neighbouring directory and its name there
   * @param length in bytes
   * @param crc32c of the content
   */
  public record File(String name, boolean shared, String path, long length, int crc32c) {

    /** The path in the store, for a manifest in this directory. */
    String objectIn(String directory) {
      int slash = directory.lastIndexOf('/');
      return path.indexOf('/') >= 0
          ? directory.substring(0, slash + 1) + path
          : directory.isEmpty() ? path : directory + "/" + path;
    }

    Checksum checksum() {
      return new Checksum(length, crc32c);
    }

    /** Whether the object was uploaded for an earlier checkpoint. */
    public boolean isOfEarlier() {
      return path.indexOf('/') >= 0;
    }
  }

  /** The sum of the lengths of all files, in bytes; a shared one counts each time. */
  public long length() {
    return tasks.stream().flatMap(t -> t.files().stream()).mapToLong(File::length).sum();
  }

  /** The same of those files alone that were uploaded for earlier checkpoints. */
  public long lengthOfEarlier() {
    return tasks.stream()
        .flatMap(t -> t.files().stream())
        .filter(File::isOfEarlier)
        .mapToLong(File::length)
        .sum();
  }
}
