package dev.trestle.runner.assembly;

import static java.util.Objects.requireNonNull;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.checkpoint.RestoredJob.StageProgress;
import dev.trestle.runner.compatibility.Compatibility;
import dev.trestle.runner.compatibility.CompatibilityReport;
import dev.trestle.runner.compatibility.IncompatiblePipelineException;
import dev.trestle.runner.compatibility.PipelineDescription;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.CheckpointManifest;
import dev.trestle.state.checkpoint.RestoredCheckpoint;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.spill.SpillDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of a checkpoint what a job can go on from, if its pipeline can.
 *
 * @param pipeline of the job
 * @param keyGroups of the job
 * @param allowStateLoss whether steps that cannot go on with their state begin anew
 */
record CheckpointContents(PipelineDescription pipeline, int keyGroups, boolean allowStateLoss) {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointContents.class);

  /**
   * Downloads a checkpoint.
   *
   * @throws IncompatiblePipelineException if the pipeline has changed too much
   * @throws IOException if it cannot be read, or is not what was stored
   */
  RestoredJob fetch(RestoredCheckpoint checkpoint, SpillDirectory to) throws IOException {
    CheckpointManifest manifest = checkpoint.manifest();
    if (manifest.keyGroups() != keyGroups) {
      throw new IOException(
          String.format(
              "Checkpoint %s has %d key groups and the job %d",
              checkpoint, manifest.keyGroups(), keyGroups));
    }
    Map<CheckpointManifest.File, Path> locals = new LinkedHashMap<>();
    for (CheckpointManifest.Task task : manifest.tasks()) {
      for (CheckpointManifest.File file : task.files()) {
        locals.computeIfAbsent(file, missing -> to.newFile("restored"));
      }
    }
    checkpoint.fetchAll(locals);
    RestoredJob.Builder builder = RestoredJob.Builder.of(manifest.properties());
    for (CheckpointManifest.Task task : manifest.tasks()) {
      List<SnapshotFile> files = new ArrayList<>();
      for (CheckpointManifest.File file : task.files()) {
        Path local = requireNonNull(locals.get(file));
        files.add(new SnapshotFile(file.name(), local, file.shared()));
      }
      builder.addTask(
          task.stage(),
          new StageProgress(task.finished(), task.inputWatermark()),
          new KeyGroupRange(task.firstKeyGroup(), task.endKeyGroup(), keyGroups),
          files);
    }
    return fitted(checkpoint, builder.build());
  }

  private RestoredJob fitted(RestoredCheckpoint checkpoint, RestoredJob restored)
      throws IOException {
    byte[] before = checkpoint.manifest().pipeline().toArray();
    String name = name(checkpoint.manifest());
    if (before.length == 0) {
      LOG.warn("{} does not say which pipeline it is of: it is taken to be this one", name);
      return restored;
    }
    CompatibilityReport report =
        Compatibility.compare(
            PipelineDescription.decode(name, before), pipeline, restored.withState());
    if (!report.losses().isEmpty() && !allowStateLoss) {
      throw new IncompatiblePipelineException(name, report);
    }
    report.notes().forEach(LOG::warn);
    if (!report.losses().isEmpty()) {
      LOG.warn("--allowStateLoss: state of {} is left out:\n{}", name, report.describeLosses());
    }
    Set<String> anew = new HashSet<>(report.begunAnew());
    anew.addAll(report.lost());
    return restored.withAnew(anew);
  }

  /** For people: a savepoint may be anywhere. */
  private static String name(CheckpointManifest manifest) {
    return String.format(
        "%s %d of job %s",
        manifest.kind().name().toLowerCase(Locale.ROOT), manifest.id(), manifest.jobName());
  }
}
