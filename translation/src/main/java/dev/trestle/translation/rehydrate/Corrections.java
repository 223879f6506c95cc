package dev.trestle.translation.rehydrate;

import java.io.IOException;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

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

  /**
   * Has collections that a test stream writes coded as its script is; Python gives them the coder
   * of anything.
   *
   * @throws IOException if a script cannot be read
   */
  public static RunnerApi.Pipeline codeScripts(RunnerApi.Pipeline pipeline) throws IOException {
    Components.Builder components = pipeline.getComponents().toBuilder();
    boolean any = false;
    for (PTransform transform : pipeline.getComponents().getTransformsMap().values()) {
      FunctionSpec spec = transform.getSpec();
      if (spec.getUrn().equals(PTransformTranslation.TEST_STREAM_TRANSFORM_URN)) {
        any = true;
        String coderId = TestStreamPayload.parseFrom(spec.getPayload()).getCoderId();
        for (String output : transform.getOutputsMap().values()) {
          components.putPcollections(
              output,
              components.getPcollectionsOrThrow(output).toBuilder().setCoderId(coderId).build());
        }
      }
    }
    return any ? pipeline.toBuilder().setComponents(components).build() : pipeline;
  }
}
