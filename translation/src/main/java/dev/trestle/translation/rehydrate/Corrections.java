package dev.trestle.translation.rehydrate;

import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/** Puts right what SDKs are known to get wrong in their protos. */
public final class Corrections {
  /** Not for instances. */
  private Corrections() {}

  /**
   * Gives transforms without a name their id for one. Python's optimiser makes such, and Beam's
   * validation allows only one of them.
   */
  public static RunnerApi.Pipeline nameTransforms(RunnerApi.Pipeline pipeline) {
    Components.Builder components = pipeline.getComponents().toBuilder();
    boolean any = false;
    for (Map.Entry<String, PTransform> entry :
        pipeline.getComponents().getTransformsMap().entrySet()) {
      if (entry.getValue().getUniqueName().isEmpty()) {
        any = true;
        components.putTransforms(
            entry.getKey(), entry.getValue().toBuilder().setUniqueName(entry.getKey()).build());
      }
    }
    return any ? pipeline.toBuilder().setComponents(components).build() : pipeline;
  }
}
