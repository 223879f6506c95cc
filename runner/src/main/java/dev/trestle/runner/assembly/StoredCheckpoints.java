package dev.trestle.runner.assembly;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.checkpoint.RestoredJob.StageProgress;
import dev.trestle.runner.engine.CheckpointStorage;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.CheckpointManifest;
import dev.trestle.state.checkpoint.CorruptCheckpointException;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.JobCheckpoints;
import dev.trestle.state.checkpoint.RestoredCheckpoint;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.checkpoint.TaskSnapshot;
import dev.trestle.state.spill.SpillDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of a job in a {@link JobCheckpoints}. */
final class StoredCheckpoints implements CheckpointStorage {

  private static final Logger LOG = LoggerFactory.getLogger(StoredCheckpoints.class);

  private final JobCheckpoints checkpoints;
  private final int keyGroups;
  private final boolean mustResume;

  /** The last one given: an attempt that failed before its commit has had its id, too. */
  private long lastId;

  /**
   * The checkpoints of a job.
   *
   * @param mustResume whether there has to be one
   */
  StoredCheckpoints(JobCheckpoints checkpoints, int keyGroups, boolean mustResume) {
    this.checkpoints = checkpoints;
    this.mustResume = mustResume;
    this.keyGroups = keyGroups;
  }

  @Override
  public long nextId() {
    lastId = Math.max(checkpoints.nextId(), lastId + 1);
    return lastId;
  }

  @Override
  public void commit(long id, Map<String, String> properties, List<TaskSnapshot> tasks)
      throws IOException, FencedException {
    checkpoints.commit(
        id, CheckpointManifest.Kind.CHECKPOINT, new byte[0], properties, keyGroups, tasks);
  }

  @Override
  public RestoredJob restore(SpillDirectory to) throws IOException, FencedException {
    Optional<RestoredCheckpoint> newest = checkpoints.newestWhole(LOG::warn);
    while (newest.isPresent()) {
      RestoredCheckpoint checkpoint = newest.get();
      try {
        RestoredJob restored = restored(checkpoint, to);
        LOG.info("Goes on from checkpoint {}", checkpoint);
        return restored;
      } catch (CorruptCheckpointException e) {
        LOG.warn("Passed over checkpoint {}: {}", checkpoint, e.getMessage());
        newest = checkpoints.newestWholeBefore(checkpoint.manifest().id(), LOG::warn);
      }
    }
    if (mustResume) {
      throw new IOException("--resume: there is no checkpoint of this job to go on from");
    }
    return RestoredJob.NONE;
  }

  private RestoredJob restored(RestoredCheckpoint checkpoint, SpillDirectory to)
      throws IOException {
    CheckpointManifest manifest = checkpoint.manifest();
    if (manifest.keyGroups() != keyGroups) {
      throw new IOException(
          String.format(
              "Checkpoint %s has %d key groups and the job %d",
              checkpoint, manifest.keyGroups(), keyGroups));
    }
    RestoredJob.Builder builder = RestoredJob.Builder.of(manifest.properties());
    for (CheckpointManifest.Task task : manifest.tasks()) {
      List<SnapshotFile> files = new ArrayList<>();
      for (CheckpointManifest.File file : task.files()) {
        Path local = to.newFile("restored");
        checkpoint.fetch(file, local);
        files.add(new SnapshotFile(file.name(), local, file.shared()));
      }
      builder.addTask(
          task.stage(),
          new StageProgress(task.finished(), task.inputWatermark()),
          new KeyGroupRange(task.firstKeyGroup(), task.endKeyGroup(), keyGroups),
          files);
    }
    return builder.build();
  }
}
