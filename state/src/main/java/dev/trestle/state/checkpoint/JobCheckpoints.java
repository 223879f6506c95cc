package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one job, for the process that runs it. To open them is to take the job:
 * whoever had it before is fenced.
 *
 * <p>What was committed may be restored, also if the commit threw: a failed answer does not undo a
 * commit. So whoever restores a checkpoint does first what is due after its commit (finalizing,
 * acknowledging), as if it had just been committed.
 *
 * <p>Thread safe: one call at a time, the others wait. {@link RestoredCheckpoint#fetch} does not
 * wait.
 */
public final class JobCheckpoints {

  private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);

  private static final int MAX_JOB_NAME = 150;

  private final CheckpointStore store;
  private final CheckpointReader reader;
  private final CommitLog log;
  private final String job;
  private final String jobName;
  private final int retained;
  private final InstantSource clock;
  private final long epoch;

  /** What is to be told to the next who restores. */
  private final List<String> problems;

  /** Manifests of checkpoints that are retained; those of savepoints are not needed. */
  private final Map<CheckpointRef, CheckpointManifest> manifests = new HashMap<>();

  /** Attempts whose commit got no answer: it may still happen. */
  private final Map<CheckpointRef, CheckpointManifest> unsettled = new HashMap<>();

  /** Shared files that failed attempts have uploaded, by name. */
  private final Map<String, Upload.StoredFile> pending = new HashMap<>();

  /** Objects that turned out to be corrupt. */
  private final Set<String> distrusted = ConcurrentHashMap.newKeySet();

  private LogEntry last;
  private List<CheckpointRef> lineage = List.of();
  private long highestId;
  private long highestIdAtRestore;
  private boolean fenced;
  private boolean savepointsCollected;

  private JobCheckpoints(
      CheckpointStore store,
      CommitLog log,
      LogEntry claim,
      String jobName,
      int retained,
      InstantSource clock,
      List<String> problems) {
    this.store = store;
    this.reader = new CheckpointReader(store);
    this.log = log;
    this.job = prefix(jobName);
    this.jobName = jobName;
    this.retained = retained;
    this.clock = clock;
    this.problems = problems;
    this.epoch = claim.epoch();
    this.last = claim;
    this.highestId = claim.lastId();
    this.highestIdAtRestore = claim.lastId();
  }

  /**
   * Takes the job with an epoch higher than all before. It need not exist.
   *
   * @param jobName at most 150 bytes; other characters than letters, digits and {@code ._-} count
   *     three times or more
   * @param retained number of checkpoints to keep, at least 1. With 1 there is nothing to fall back
   *     to
   * @throws CorruptCheckpointException if nothing can be read of what the job did last
   * @throws UnknownFormatException if a newer Trestle ran the job
   * @throws IOException if the store fails
   */
  public static JobCheckpoints open(CheckpointStore store, String jobName, int retained)
      throws IOException {
    return open(store, jobName, retained, LogSlots.DEFAULT, InstantSource.system());
  }

  static JobCheckpoints open(
      CheckpointStore store, String jobName, int retained, LogSlots slots, InstantSource clock)
      throws IOException {
    if (retained < 1) {
      throw new IllegalArgumentException("Cannot retain " + retained + " checkpoints");
    }
    CommitLog log = new CommitLog(store, prefix(jobName), slots);
    List<String> problems = new ArrayList<>();
    LogEntry claim = log.claim(problems);
    return new JobCheckpoints(store, log, claim, jobName, retained, clock, problems);
  }

  private static String prefix(String jobName) {
    String segment = ObjectPath.segment(jobName);
    if (segment.isEmpty() || segment.length() > MAX_JOB_NAME) {
      throw new IllegalArgumentException(
          "Job name '" + jobName + "' has to be 1 to " + MAX_JOB_NAME + " characters long");
    }
    return segment + "/";
  }

  /**
   * A checkpoint or savepoint by its path, of any job, without taking that job. A checkpoint of a
   * job that runs may be deleted at any time; a savepoint is not.
   *
   * @param directory what holds the manifest, relative to the store; empty for the store itself
   * @throws CorruptCheckpointException if it is not there or not whole
   */
  public static RestoredCheckpoint openReadOnly(CheckpointStore store, String directory)
      throws IOException {
    CheckpointReader reader = new CheckpointReader(store);
    CheckpointManifest manifest = reader.read(directory);
    reader.verify(directory, manifest, List.of());
    return new RestoredCheckpoint(store, directory, manifest, object -> {});
  }

  /** The epoch of this process: positive, higher than those of all who opened before. */
  public long epoch() {
    return epoch;
  }

  /** An id that no attempt of this process and no checkpoint of the job has had. */
  public synchronized long nextId() {
    return Math.max(highestId, last.lastId()) + 1;
  }

  /** Where a checkpoint that this commits is, relative to the store: for {@link #openReadOnly}. */
  public String directoryOf(CheckpointManifest manifest) {
    return job + new CheckpointRef(manifest.id(), manifest.epoch(), manifest.kind()).directory();
  }

  /**
   * Stores a checkpoint: uploads what is not there yet, commits, and collects garbage. It continues
   * what was last returned by {@link #newestWhole} or {@link #newestWholeBefore}; if nothing was,
   * then nothing that is there can be restored any more, except by path.
   *
   * @param id higher than those of all calls before, failed ones included, see {@link #nextId}
   * @param keyGroups the job's number of key groups
   * @param tasks all tasks of the job
   * @return the manifest, once it is durable
   * @throws FencedException if the job belongs to another process; so it is from then on
   * @throws IOException if it failed. Nothing half-done is visible, local files are untouched, and
   *     the next call may succeed. If only the answer was lost, the checkpoint is there all the
   *     same
   * @throws IllegalArgumentException if the id was used, or a shared file has changed
   */
  public synchronized CheckpointManifest commit(
      long id,
      Kind kind,
      byte[] pipeline,
      Map<String, String> properties,
      int keyGroups,
      List<TaskSnapshot> tasks)
      throws IOException, FencedException {
    if (id < nextId()) {
      throw new IllegalArgumentException(
          "Checkpoint " + id + " of job " + jobName + ": the next id is " + nextId());
    }
    highestId = id;
    settle();
    CheckpointRef ref = new CheckpointRef(id, epoch, kind);
    pending.keySet().retainAll(sharedNames(tasks));
    List<StoredObject> listed = listFor(kind);
    collectGarbage(listed);

    Upload upload = new Upload(store, job, ref, reusable(kind, listed));
    CheckpointManifest manifest;
    try {
      List<CheckpointManifest.Task> uploaded = upload.run(tasks);
      manifest =
          new CheckpointManifest(
              CheckpointManifest.FORMAT_VERSION,
              id,
              epoch,
              jobName,
              clock.millis(),
              kind,
              keyGroups,
              Bytes.of(pipeline),
              properties,
              uploaded);
      writeManifest(job + ref.manifest(), ManifestFormat.encode(manifest));
    } catch (IOException | RuntimeException e) {
      upload.abandon();
      keepForNextAttempt(kind, upload);
      throwIfFenced(e);
      throw e;
    }
    append(ref, manifest, upload);
    collectGarbage(listed);
    return manifest;
  }

  /**
   * The newest checkpoint or savepoint of the job that is whole, which the next commit is taken to
   * continue from.
   *
   * @param problems is told of each that was passed over, and why
   * @throws FencedException if the job belongs to another process
   * @throws UnknownFormatException if the newest is whole and of a newer Trestle
   * @throws IOException if the store fails; nothing is passed over for that
   */
  public Optional<RestoredCheckpoint> newestWhole(Consumer<String> problems)
      throws IOException, FencedException {
    return newestWholeBefore(Long.MAX_VALUE, problems);
  }

  /**
   * The same among those with a lower id: for when {@link RestoredCheckpoint#fetch} has found that
   * a checkpoint is corrupt. Those with this id and higher ones are given up with the next commit.
   */
  public synchronized Optional<RestoredCheckpoint> newestWholeBefore(
      long id, Consumer<String> problems) throws IOException, FencedException {
    settle();
    this.problems.forEach(problems);
    List<StoredObject> listed = store.list(job + CheckpointRef.CHECKPOINTS);
    for (CheckpointRef ref : CheckpointProtocol.restorable(last, id)) {
      try {
        CheckpointManifest manifest = read(ref);
        reader.verify(job + ref.directory(), manifest, listed);
        continueFrom(CheckpointProtocol.lineageUpTo(last, ref));
        return Optional.of(
            new RestoredCheckpoint(store, job + ref.directory(), manifest, distrusted::add));
      } catch (CorruptCheckpointException e) {
        // It may be that another has the job and has deleted it: that is no problem of the
        // checkpoint.
        settle();
        problems.accept(
            "Passed over "
                + ref.kind().name().toLowerCase(Locale.ROOT)
                + " "
                + ref.id()
                + ": "
                + e.getMessage());
      }
    }
    continueFrom(List.of());
    return Optional.empty();
  }

  private void continueFrom(List<CheckpointRef> ancestors) {
    lineage = ancestors;
    highestIdAtRestore = highestId;
  }

  private CheckpointManifest read(CheckpointRef ref) throws IOException {
    CheckpointManifest manifest = reader.read(job + ref.directory());
    if (manifest.id() != ref.id() || manifest.epoch() != ref.epoch()) {
      throw new CorruptCheckpointException(
          job + ref.manifest(),
          "is of checkpoint " + manifest.id() + ", epoch " + manifest.epoch());
    }
    return manifest;
  }

  /** Finds out what became of attempts that got no answer, and whether the job is still ours. */
  private void settle() throws IOException, FencedException {
    while (settledNext()) {}
  }

  /** Whether the entry behind the last one is our own; then it is the last one now. */
  private boolean settledNext() throws IOException, FencedException {
    if (fenced) {
      throw new FencedException(jobName, epoch, "it was told so before");
    }
    long slot = last.slot() + 1;
    Optional<LogEntry> found;
    try {
      found = log.read(slot);
    } catch (CorruptCheckpointException e) {
      throw fenced("cannot tell who wrote " + e.getMessage());
    }
    boolean overtaken = log.overtaken(slot);
    return switch (CheckpointProtocol.next(epoch, found, overtaken)) {
      case FREE -> false;
      case OWN -> {
        adopt(found.orElseThrow());
        yield true;
      }
      case FENCED ->
          throw fenced(
              overtaken
                  ? "others have long gone on"
                  : "epoch " + found.orElseThrow().epoch() + " has taken over");
    };
  }

  /** Another who has taken the job deletes what this process uploads: then that is what failed. */
  private void throwIfFenced(Exception failure) throws FencedException {
    try {
      settle();
    } catch (FencedException e) {
      e.addSuppressed(failure);
      throw e;
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private FencedException fenced(String why) {
    fenced = true;
    return new FencedException(jobName, epoch, why);
  }

  /** Makes an entry that we wrote the last one. */
  private void adopt(LogEntry entry) {
    last = entry;
    lineage = CheckpointProtocol.lineageAfter(lineage, entry, entry.lastId() > highestIdAtRestore);
    manifests.putAll(unsettled);
    unsettled.clear();
    manifests.keySet().retainAll(last.lineage());
  }

  private void append(CheckpointRef ref, CheckpointManifest manifest, Upload upload)
      throws IOException, FencedException {
    unsettled.put(ref, manifest);
    keepForNextAttempt(ref.kind(), upload);
    while (true) {
      LogEntry entry = CheckpointProtocol.commit(last, lineage, ref, retained);
      if (log.append(entry) instanceof CommitLog.Appended.Done) {
        adopt(entry);
        break;
      }
      if (!settledNext()) {
        throw fenced("entry " + entry.slot() + " was written by another, and is gone");
      }
      if (last.lastId() == ref.id()) {
        break;
      }
      unsettled.put(ref, manifest);
    }
    pending.clear();
  }

  private void keepForNextAttempt(Kind kind, Upload upload) {
    if (kind == Kind.CHECKPOINT) {
      pending.putAll(upload.uploadedShared());
    }
  }

  /** Writes a manifest; a store that repeats a request by itself may find its own. */
  private void writeManifest(String object, byte[] content) throws IOException {
    if (!store.createIfAbsent(object, content) && !Arrays.equals(store.read(object), content)) {
      throw new IOException(object + " is there already");
    }
  }

  private static Set<String> sharedNames(List<TaskSnapshot> tasks) {
    Set<String> names = new HashSet<>();
    for (TaskSnapshot task : tasks) {
      for (SnapshotFile file : task.files()) {
        if (file.shared()) {
          names.add(file.name());
        }
      }
    }
    return names;
  }

  /** Shared files of retained checkpoints and of failed attempts that are still there. */
  private Map<String, Upload.StoredFile> reusable(Kind kind, List<StoredObject> listed)
      throws IOException {
    Map<String, Upload.StoredFile> reusable = new HashMap<>();
    if (kind == Kind.SAVEPOINT) {
      return reusable;
    }
    for (CheckpointRef ref : lineage) {
      if (ref.kind() == Kind.CHECKPOINT) {
        retainedManifest(ref).ifPresent(manifest -> addShared(ref, manifest, reusable));
      }
    }
    reusable.putAll(pending);
    Map<String, Long> lengths = new HashMap<>();
    listed.forEach(object -> lengths.put(object.path(), object.length()));
    Set<String> gone = new HashSet<>();
    for (Map.Entry<String, Upload.StoredFile> entry : reusable.entrySet()) {
      Upload.StoredFile file = entry.getValue();
      long length = file.checksum().length();
      if (distrusted.contains(file.object())
          || (lengths.getOrDefault(file.object(), -1L) != length
              && store.length(file.object()).orElse(-1) != length)) {
        gone.add(entry.getKey());
      }
    }
    reusable.keySet().removeAll(gone);
    return reusable;
  }

  private void addShared(
      CheckpointRef ref, CheckpointManifest manifest, Map<String, Upload.StoredFile> to) {
    for (CheckpointManifest.Task task : manifest.tasks()) {
      for (CheckpointManifest.File file : task.files()) {
        if (file.shared()) {
          String object = file.objectIn(job + ref.directory());
          to.put(file.name(), new Upload.StoredFile(object, file.checksum()));
        }
      }
    }
  }

  /** The manifest of a retained checkpoint; empty if it is corrupt. */
  private Optional<CheckpointManifest> retainedManifest(CheckpointRef ref) throws IOException {
    CheckpointManifest known = manifests.get(ref);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      CheckpointManifest manifest = read(ref);
      manifests.put(ref, manifest);
      return Optional.of(manifest);
    } catch (CorruptCheckpointException e) {
      LOG.warn(
          "Checkpoint {} of job {} is retained and broken: {}", ref.id(), jobName, e.object(), e);
      return Optional.empty();
    }
  }

  private List<StoredObject> listFor(Kind kind) throws IOException {
    List<StoredObject> listed = new ArrayList<>(store.list(job + CommitLog.DIRECTORY));
    listed.addAll(store.list(job + CheckpointRef.CHECKPOINTS));
    if (kind == Kind.SAVEPOINT || !savepointsCollected) {
      listed.addAll(store.list(job + CheckpointRef.SAVEPOINTS));
    }
    return listed;
  }

  /** Deletes what it can. What fails is left to the next time. */
  private void collectGarbage(List<StoredObject> listed) {
    try {
      List<StoredObject> entries = new ArrayList<>();
      List<String> objects = new ArrayList<>();
      for (StoredObject object : listed) {
        if (object.path().startsWith(job + CommitLog.DIRECTORY)) {
          entries.add(object);
        } else {
          objects.add(object.path().substring(job.length()));
        }
      }
      log.trim(entries, last.slot());
      Optional<Set<String>> named = named();
      if (named.isPresent()) {
        for (String garbage : CheckpointProtocol.garbage(objects, last, named.get())) {
          store.delete(job + garbage);
        }
        savepointsCollected = true;
      }
    } catch (IOException e) {
      LOG.warn("Could not delete all garbage of job {}; trying again later", jobName, e);
    }
  }

  /** What must stay, relative to the job; empty if that is not known. */
  private Optional<Set<String>> named() throws IOException {
    Set<String> named = new HashSet<>();
    for (CheckpointRef ref : last.lineage()) {
      if (ref.kind() == Kind.CHECKPOINT) {
        Optional<CheckpointManifest> manifest = retainedManifest(ref);
        if (manifest.isEmpty()) {
          return Optional.empty();
        }
        addNamed(ref, manifest.get(), named);
      }
    }
    unsettled.forEach((ref, manifest) -> addNamed(ref, manifest, named));
    pending.values().forEach(file -> named.add(file.object().substring(job.length())));
    return Optional.of(named);
  }

  private static void addNamed(CheckpointRef ref, CheckpointManifest manifest, Set<String> named) {
    named.add(ref.manifest());
    for (CheckpointManifest.Task task : manifest.tasks()) {
      for (CheckpointManifest.File file : task.files()) {
        named.add(file.objectIn(ref.directory()));
      }
    }
  }
}
