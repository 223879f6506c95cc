package dev.trestle.translation;

import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.Environments;

/** Pipelines as if another process had to run their fns. */
final class Foreign {
  private static final String ELSEWHERE = "elsewhere";

  private Foreign() {}

  /** The environment. */
  static Environment environment() {
    return Environments.createDockerEnvironment("image");
  }

  /** A pipeline, all of it. */
  static RunnerApi.Pipeline all(Pipeline pipeline) {
    return transforms(pipeline, name -> true);
  }

  /**
   * A pipeline, a part of it.
   *
   * @param foreign which transforms, by their full names
   */
  static RunnerApi.Pipeline transforms(Pipeline pipeline, Predicate<String> foreign) {
    RunnerApi.Pipeline.Builder proto = PipelineTranslator.toProto(pipeline).toBuilder();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    components.putEnvironments(ELSEWHERE, environment());
    proto
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (!transform.getEnvironmentId().isEmpty()
                  && foreign.test(transform.getUniqueName())) {
                PTransform.Builder moved = transform.toBuilder().setEnvironmentId(ELSEWHERE);
                components.putTransforms(id, moved.build());
              }
            });
    components
        .getWindowingStrategiesMap()
        .forEach(
            (id, windowing) ->
                components.putWindowingStrategies(
                    id, windowing.toBuilder().setEnvironmentId(ELSEWHERE).build()));
    return proto.build();
  }
}
