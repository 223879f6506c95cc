package dev.trestle.runner.assembly;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.engine.CheckpointStorage;
import dev.trestle.state.checkpoint.CheckpointManifest;
import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.CorruptCheckpointException;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.state.checkpoint.RestoredCheckpoint;
import dev.trestle.state.checkpoint.TaskSnapshot;
import dev.trestle.state.spill.SpillDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a job in a {@link JobCheckpoints}.
 *
 * <p>A job that was started from a savepoint says so in every checkpoint of its own. So a program
 * that is started once more with the same options goes on from the newest of these, and one that
 * names another savepoint goes back to that.
 */
final class StoredCheckpoints implements CheckpointStorage {

  private static final Logger LOG = LoggerFactory.getLogger(StoredCheckpoints.class);

  /** The property that names the savepoint a job was started from. */
  private static final String RESUMED_FROM = "resumed-from";

  private final JobCheckpoints checkpoints;
  private final String place;
  private final CheckpointContents contents;
  private final Resumption resumption;
  private @Nullable String resumedFrom;

  /** The last one given: an attempt that failed before its commit has had its id, too. */
  private long lastId;

  /**
   * The checkpoints of a job.
   *
   * @param place where they are kept, for people
   */
  StoredCheckpoints(
      JobCheckpoints checkpoints,
      String place,
      CheckpointContents contents,
      Resumption resumption) {
    this.checkpoints = checkpoints;
    this.place = place;
    this.contents = contents;
    this.resumption = resumption;
  }

  @Override
  public long nextId() {
    lastId = Math.max(checkpoints.nextId(), lastId + 1);
    return lastId;
  }

  @Override
  public void commit(long id, Map<String, String> properties, List<TaskSnapshot> tasks)
      throws IOException, FencedException {
    commit(id, Kind.CHECKPOINT, properties, tasks);
  }

  @Override
  public String commitSavepoint(long id, Map<String, String> properties, List<TaskSnapshot> tasks)
      throws IOException, FencedException {
    CheckpointManifest savepoint = commit(id, Kind.SAVEPOINT, properties, tasks);
    return place + "/" + checkpoints.directoryOf(savepoint);
  }

  private CheckpointManifest commit(
      long id, Kind kind, Map<String, String> properties, List<TaskSnapshot> tasks)
      throws IOException, FencedException {
    Map<String, String> all = new TreeMap<>(properties);
    if (resumedFrom != null) {
      all.put(RESUMED_FROM, resumedFrom);
    }
    return checkpoints.commit(
        id, kind, contents.pipeline().encode(), all, contents.keyGroups(), tasks);
  }

  @Override
  public RestoredJob restore(SpillDirectory to) throws IOException, FencedException {
    Optional<RestoredCheckpoint> newest = checkpoints.newestWhole(LOG::warn);
    String savepoint = resumption.savepoint();
    if (savepoint != null && newest.filter(own -> savepoint.equals(resumedFrom(own))).isEmpty()) {
      return restoreSavepoint(savepoint, to);
    }
    while (newest.isPresent()) {
      RestoredCheckpoint checkpoint = newest.get();
      try {
        RestoredJob restored = contents.fetch(checkpoint, to);
        resumedFrom = resumedFrom(checkpoint);
        LOG.info("Goes on from checkpoint {}", checkpoint);
        return restored;
      } catch (CorruptCheckpointException e) {
        LOG.warn("Passed over checkpoint {}: {}", checkpoint, e.getMessage());
        newest = checkpoints.newestWholeBefore(checkpoint.manifest().id(), LOG::warn);
      }
    }
    if (savepoint != null) {
      return restoreSavepoint(savepoint, to);
    }
    if (resumption.required()) {
      throw new IOException("--resume: there is no checkpoint of this job to go on from");
    }
    return RestoredJob.NONE;
  }

  private static @Nullable String resumedFrom(RestoredCheckpoint checkpoint) {
    return checkpoint.manifest().properties().get(RESUMED_FROM);
  }

  private RestoredJob restoreSavepoint(String savepoint, SpillDirectory to)
      throws IOException, FencedException {
    RestoredCheckpoint checkpoint;
    try {
      checkpoint = JobCheckpoints.openReadOnly(CheckpointPlaces.openToRead(savepoint), "");
    } catch (CorruptCheckpointException e) {
      throw new IOException(
          "--resumeFrom=" + savepoint + ": there is no whole savepoint: " + e.getMessage(), e);
    }
    CheckpointManifest manifest = checkpoint.manifest();
    if (manifest.kind() != Kind.SAVEPOINT) {
      throw new IOException(
          String.format(
              "--resumeFrom=%s: this is a checkpoint of job %s and may be deleted at any time; take"
                  + " a savepoint",
              savepoint, manifest.jobName()));
    }
    RestoredJob restored = contents.fetch(checkpoint, to);
    checkpoints.newestWholeBefore(0, problem -> {}); // what the job had of its own is given up
    resumedFrom = savepoint;
    LOG.info("Goes on from savepoint {} of job {}", savepoint, manifest.jobName());
    return restored;
  }
}
