package dev.trestle.server.environment;

import dev.trestle.runner.worker.ArtifactSource;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import dev.trestle.translation.ThisJvm;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * Whether there could be workers for a pipeline, for the time when it is submitted: nothing is
 * started, and nothing of the pipeline's own is read but its environments.
 *
 * @param settings what the server allows
 * @param quota how many workers it may have
 */
public record EnvironmentCheck(EnvironmentSettings settings, WorkerQuota quota) {

  /**
   * Checks the environments that transforms have.
   *
   * @param workers of each environment
   * @throws IllegalArgumentException naming a transform whose environment is refused
   */
  public void check(Pipeline pipeline, int workers) {
    Map<String, Environment> environments = pipeline.getComponents().getEnvironmentsMap();
    Set<Environment> used = new HashSet<>();
    for (PTransform transform : pipeline.getComponents().getTransformsMap().values()) {
      Environment environment = environments.get(transform.getEnvironmentId());
      if (environment == null) {
        continue;
      }
      if (ThisJvm.is(environment)) {
        checkThisProcess(transform);
      } else if (transform.getSubtransformsCount() == 0 && used.add(environment)) {
        check(transform, environment);
      }
    }
    if ((long) used.size() * workers > quota.most()) {
      throw new IllegalArgumentException(
          "--sdk_worker_parallelism="
              + workers
              + ": the pipeline has "
              + used.size()
              + (used.size() == 1 ? " environment" : " environments")
              + " with so many SDK workers each, and the server may have "
              + quota.most()
              + " in all (--max-workers)");
    }
  }

  private void checkThisProcess(PTransform transform) {
    if (!settings.embeds()) {
      throw refusal(
          transform, "it is to run in the server's own process. " + EnvironmentChoice.NOT_EMBEDDED);
    }
  }

  private void check(PTransform transform, Environment environment) {
    JobDescription nobody =
        new JobDescription(
            "none", "", Struct.getDefaultInstance(), ArtifactSource.NONE, entry -> {});
    try {
      WorkerLaunchers.of(
          EnvironmentChoice.choose(environment, settings),
          nobody,
          settings,
          WorkerHost.plain(),
          new Reaper());
    } catch (WorkerException e) {
      throw refusal(transform, String.valueOf(e.getMessage()));
    }
  }

  private static IllegalArgumentException refusal(PTransform transform, String why) {
    return new IllegalArgumentException("Transform '" + transform.getUniqueName() + "': " + why);
  }
}
