package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one attempt at a checkpoint on their way to the store. Objects have names in the
 * attempt's directory; shared files that are stored already are named where they are. Not thread
 * safe.
 */
final class Upload {

  private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

  private static final int MAX_NAME = 100;

  private final CheckpointStore store;
  private final String job;
  private final CheckpointRef ref;
  private final Map<String, StoredFile> stored;

  private final Map<String, StoredFile> uploadedShared = new HashMap<>();
  private final List<String> unshared = new ArrayList<>();

  /**
   * A shared file in the store.
   *
   * @param object its path in the store
   */
  record StoredFile(String object, Checksum checksum) {}

  /**
   * @param job prefix of the job's objects
   * @param stored shared files by name that need not be uploaded if they are still there
   */
  Upload(CheckpointStore store, String job, CheckpointRef ref, Map<String, StoredFile> stored) {
    this.store = store;
    this.job = job;
    this.ref = ref;
    this.stored = stored;
  }

  /** Uploads what is missing. */
  List<CheckpointManifest.Task> run(List<TaskSnapshot> snapshots) throws IOException {
    List<CheckpointManifest.Task> tasks = new ArrayList<>();
    for (int i = 0; i < snapshots.size(); i++) {
      TaskSnapshot snapshot = snapshots.get(i);
      List<CheckpointManifest.File> files = new ArrayList<>();
      for (int j = 0; j < snapshot.files().size(); j++) {
        SnapshotFile file = snapshot.files().get(j);
        StoredFile in = file.shared() ? shared(file, i, j) : upload(file, i, j);
        files.add(
            new CheckpointManifest.File(
                file.name(),
                file.shared(),
                pathTo(in.object()),
                in.checksum().length(),
                in.checksum().crc32c()));
      }
      tasks.add(
          new CheckpointManifest.Task(
              snapshot.stage(),
              snapshot.index(),
              snapshot.firstKeyGroup(),
              snapshot.endKeyGroup(),
              snapshot.finished(),
              snapshot.inputWatermark(),
              snapshot.outputWatermark(),
              files));
    }
    return tasks;
  }

  private StoredFile shared(SnapshotFile file, int task, int number) throws IOException {
    StoredFile known = uploadedShared.getOrDefault(file.name(), stored.get(file.name()));
    if (known == null) {
      return upload(file, task, number);
    }
    long local = Files.size(file.path());
    if (local != known.checksum().length()) {
      throw new IllegalArgumentException(
          file.path()
              + " has "
              + local
              + " bytes, and the shared file of its name, "
              + known.object()
              + ", has "
              + known.checksum());
    }
    return known;
  }

  private StoredFile upload(SnapshotFile file, int task, int number) throws IOException {
    String name = ObjectPath.segment(file.name());
    String object =
        job
            + ref.directory()
            + "/"
            + task
            + "-"
            + number
            + "-"
            + name.substring(0, Math.min(MAX_NAME, name.length()));
    Checksum checksum = Checksum.of(file.path());
    unshared.add(object);
    store.write(object, file.path());
    OptionalLong length = store.length(object);
    if (length.isEmpty() || length.getAsLong() != checksum.length()) {
      throw new IOException(
          object
              + " has length "
              + length
              + " after "
              + checksum
              + " were written from "
              + file.path());
    }
    StoredFile in = new StoredFile(object, checksum);
    if (file.shared()) {
      unshared.remove(unshared.size() - 1);
      uploadedShared.put(file.name(), in);
    }
    return in;
  }

  private String pathTo(String object) {
    String own = job + ref.directory() + "/";
    return object.startsWith(own)
        ? object.substring(own.length())
        : object.substring((job + CheckpointRef.parent(ref.kind())).length());
  }

  /** The shared files that this attempt has uploaded, by name. */
  Map<String, StoredFile> uploadedShared() {
    return uploadedShared;
  }

  /**
   * Deletes what no other attempt can use, as far as that is possible now. Only for an attempt that
   * is certain never to be committed.
   */
  void abandon() {
    for (String object : unshared) {
      try {
        store.delete(object);
      } catch (IOException e) {
        LOG.debug("Left {} to the collection of garbage", object, e);
      }
    }
  }
}
