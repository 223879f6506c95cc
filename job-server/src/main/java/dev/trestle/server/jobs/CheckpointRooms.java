package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where jobs have their checkpoints that do not say it: streaming ones in a directory of the
 * server's, each in its own. A pipeline with a test stream is a test, and takes none.
 *
 * @param root holds one directory for each job
 */
record CheckpointRooms(Path root) {

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointRooms.class);

  private static final String SAVEPOINTS = "savepoints";

  /** Chooses for a job, and says whether there was anything to choose. */
  boolean choose(String job, Pipeline pipeline, TrestlePipelineOptions options) {
    boolean chosen = options.getCheckpointDir() == null && isStreaming(pipeline, options);
    if (chosen) {
      options.setCheckpointDir(root.resolve(job).toString());
    }
    return chosen;
  }

  private static boolean isStreaming(Pipeline pipeline, TrestlePipelineOptions options) {
    boolean scripted =
        pipeline.getComponents().getTransformsMap().values().stream()
            .anyMatch(
                each ->
                    each.getSpec()
                        .getUrn()
                        .equals(PTransformTranslation.TEST_STREAM_TRANSFORM_URN));
    boolean unbounded =
        pipeline.getComponents().getPcollectionsMap().values().stream()
            .anyMatch(each -> each.getIsBounded() == IsBounded.Enum.UNBOUNDED);
    return !scripted && (unbounded || options.isStreaming());
  }

  /** Deletes the checkpoints of a job that is forgotten, unless there are savepoints among them. */
  void leave(JobRecord job) {
    if (!job.ownCheckpoints() || job.checkpointDir() == null) {
      return;
    }
    Path room = root.resolve(job.id());
    try {
      List<Path> content = content(room);
      if (content.stream().anyMatch(CheckpointRooms::isSavepoint)) {
        LOG.info("{} stays, for there are savepoints in it", room);
        return;
      }
      for (Path each : content) {
        Files.delete(each);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} could not be deleted", room, e);
    }
  }

  private static boolean isSavepoint(Path file) {
    Path parent = file.getParent();
    return parent != null && parent.endsWith(SAVEPOINTS);
  }

  /** What is in a directory, and itself last. */
  private static List<Path> content(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
