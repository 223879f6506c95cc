package dev.trestle.translation.transform;

import org.apache.beam.model.pipeline.v1.RunnerApi.Coder;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.jspecify.annotations.Nullable;

/**
 * SDKs call two things a reshuffle: in Python it spreads any elements, by random keys; in Java it
 * redistributes pairs by their own key, and those of a key stay in their order. Which of them one
 * is shows in what it is made of.
 */
final class KeyedReshuffle {

  private KeyedReshuffle() {}

  /** Whether a reshuffle groups by the key of its input. */
  static boolean is(PTransform reshuffle, Components components) {
    String keyCoder = keyCoder(reshuffle, components);
    return keyCoder != null
        && reshuffle.getSubtransformsList().stream()
            .map(components::getTransformsOrThrow)
            .filter(KeyedReshuffle::isGroupByKey)
            .anyMatch(group -> keyCoder.equals(keyCoder(group, components)));
  }

  static boolean isGroupByKey(PTransform transform) {
    return transform.getSpec().getUrn().equals(PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN);
  }

  /** The id of the coder of the only input's keys; null if there is no such thing. */
  private static @Nullable String keyCoder(PTransform transform, Components components) {
    if (transform.getInputsCount() != 1) {
      return null;
    }
    String input = transform.getInputsMap().values().iterator().next();
    Coder coder =
        components.getCodersOrThrow(components.getPcollectionsOrThrow(input).getCoderId());
    return coder.getSpec().getUrn().equals(ModelCoders.KV_CODER_URN)
        ? ModelCoders.getKvCoderComponents(coder).keyCoderId()
        : null;
  }
}
