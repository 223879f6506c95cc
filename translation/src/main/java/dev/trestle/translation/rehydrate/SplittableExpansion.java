package dev.trestle.translation.rehydrate;

import java.io.IOException;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.MessageWithComponents;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.graph.ProtoOverrides.TransformReplacement;
import org.apache.beam.sdk.util.construction.graph.SplittableParDoExpander;

/**
 * Replaces every splittable ParDo by its parts: pair with restriction, split and size, process.
 *
 * <p>Beam's {@code ProtoOverrides.updateTransform} shows every replacement the components of the
 * original pipeline, so that two splittable DoFns that read the same collection get parts of the
 * same ids. Here each replacement sees what the ones before it added.
 */
public final class SplittableExpansion {
  /** Not for instances. */
  private SplittableExpansion() {}

  /** The pipeline with no splittable ParDo left in one piece. */
  public static RunnerApi.Pipeline expand(RunnerApi.Pipeline pipeline) throws IOException {
    TransformReplacement parts = SplittableParDoExpander.createSizedReplacement();
    Components.Builder components = pipeline.getComponents().toBuilder();
    for (Map.Entry<String, PTransform> entry :
        pipeline.getComponents().getTransformsMap().entrySet()) {
      if (splittable(entry.getValue())) {
        MessageWithComponents replacement = parts.getReplacement(entry.getKey(), components);
        if (replacement != null) {
          components
              .mergeFrom(replacement.getComponents())
              .putTransforms(entry.getKey(), replacement.getPtransform());
        }
      }
    }
    return pipeline.toBuilder().setComponents(components).build();
  }

  private static boolean splittable(PTransform transform) throws IOException {
    return transform.getSpec().getUrn().equals(PTransformTranslation.PAR_DO_TRANSFORM_URN)
        && !ParDoPayload.parseFrom(transform.getSpec().getPayload())
            .getRestrictionCoderId()
            .isEmpty();
  }
}
