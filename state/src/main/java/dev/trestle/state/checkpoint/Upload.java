package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.Transfers.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  private final Set<String> begunShared = new HashSet<>();

  // Any of the threads that transfer adds to these.
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private final Map<String, StoredFile> uploaded = new ConcurrentHashMap<>();
  private final Map<String, StoredFile> uploadedShared = new ConcurrentHashMap<>();

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
    List<Transfer> transfers = new ArrayList<>();
    for (int i = 0; i < snapshots.size(); i++) {
      List<SnapshotFile> files = snapshots.get(i).files();
      for (int j = 0; j < files.size(); j++) {
        SnapshotFile file = files.get(j);
        String object = object(file, i, j);
        if (!file.shared() || isMissing(file)) {
          transfers.add(() -> upload(file, object));
        }
      }
    }
    Transfers.runAll(store.transfersAtATime(), transfers);
    List<CheckpointManifest.Task> tasks = new ArrayList<>();
    for (int i = 0; i < snapshots.size(); i++) {
      tasks.add(task(snapshots.get(i), i));
    }
    return tasks;
  }

  /** Whether a shared file has to be uploaded; only once for each. */
  private boolean isMissing(SnapshotFile file) throws IOException {
    StoredFile known = stored.get(file.name());
    if (known == null) {
      return begunShared.add(file.name());
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
    return false;
  }

  private String object(SnapshotFile file, int task, int number) {
    String name = ObjectPath.segment(file.name());
    return job
        + ref.directory()
        + "/"
        + task
        + "-"
        + number
        + "-"
        + name.substring(0, Math.min(MAX_NAME, name.length()));
  }

  private void upload(SnapshotFile file, String object) throws IOException {
    Checksum checksum = Checksum.of(file.path());
    begun.add(object);
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
    uploaded.put(object, in);
    if (file.shared()) {
      uploadedShared.put(file.name(), in);
    }
  }

  private CheckpointManifest.Task task(TaskSnapshot snapshot, int number) {
    List<CheckpointManifest.File> files = new ArrayList<>();
    for (int i = 0; i < snapshot.files().size(); i++) {
      SnapshotFile file = snapshot.files().get(i);
      StoredFile in = file.shared() ? shared(file) : found(uploaded, object(file, number, i));
      files.add(
          new CheckpointManifest.File(
              file.name(),
              file.shared(),
              pathTo(in.object()),
              in.checksum().length(),
              in.checksum().crc32c()));
    }
    return new CheckpointManifest.Task(
        snapshot.stage(),
        snapshot.index(),
        snapshot.firstKeyGroup(),
        snapshot.endKeyGroup(),
        snapshot.finished(),
        snapshot.inputWatermark(),
        snapshot.outputWatermark(),
        files);
  }

  private StoredFile shared(SnapshotFile file) {
    StoredFile before = stored.get(file.name());
    return before == null ? found(uploadedShared, file.name()) : before;
  }

  private static StoredFile found(Map<String, StoredFile> in, String name) {
    StoredFile found = in.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " has not been uploaded");
    }
    return found;
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
    Set<String> mine = new HashSet<>(begun);
    uploadedShared.values().forEach(shared -> mine.remove(shared.object()));
    for (String object : mine) {
      try {
        store.delete(object);
      } catch (IOException e) {
        LOG.debug("Left {} to the collection of garbage", object, e);
      }
    }
  }
}
