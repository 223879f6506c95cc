package dev.trestle.translation.transform;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.Trigger;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * Leaves keyed reshuffles of bounded collections to the grouping of which their SDK has made them,
 * and has that wait for the whole of a window. So the elements of a key come behind it in one
 * bundle, as they do where a batch is run stage by stage, and on which Beam's own transforms rely:
 * {@code FileIO.write()} numbers the files that it gets in a bundle, and would have those of one
 * bundle replace those of another.
 *
 * <p>Keys that are made up for the purpose bring nothing together that belongs together. Where that
 * shows, elements go on as they come.
 */
public final class ReshuffleExpansion {

  /** What {@code Reshuffle.viaRandomKey()} has beside the reshuffle itself. */
  private static final String RANDOM_KEYS = "/Pair with random key";

  /** As they were. */
  private final Components all;

  private final Components.Builder components;

  private ReshuffleExpansion(Components all) {
    this.all = all;
    this.components = all.toBuilder();
  }

  /** The pipeline with those reshuffles in parts. */
  public static RunnerApi.Pipeline expand(RunnerApi.Pipeline pipeline) {
    ReshuffleExpansion expansion = new ReshuffleExpansion(pipeline.getComponents());
    Set<String> random = expansion.byRandomKeys();
    boolean any = false;
    for (Map.Entry<String, PTransform> entry :
        new TreeMap<>(pipeline.getComponents().getTransformsMap()).entrySet()) {
      if (!random.contains(entry.getKey())) {
        any |= expansion.expand(entry.getKey(), entry.getValue());
      }
    }
    return any ? pipeline.toBuilder().setComponents(expansion.components).build() : pipeline;
  }

  /** The ids of all parts of composites that make keys up. */
  private Set<String> byRandomKeys() {
    Set<String> parts = new HashSet<>();
    for (PTransform composite : all.getTransformsMap().values()) {
      if (composite.getSubtransformsList().stream()
          .map(all::getTransformsOrThrow)
          .anyMatch(part -> part.getUniqueName().endsWith(RANDOM_KEYS))) {
        parts.addAll(composite.getSubtransformsList());
      }
    }
    return parts;
  }

  private boolean expand(String id, PTransform reshuffle) {
    if (!reshuffle.getSpec().getUrn().equals(PTransformTranslation.RESHUFFLE_URN)
        || !KeyedReshuffle.is(reshuffle, all)
        || input(reshuffle).getIsBounded() == IsBounded.Enum.UNBOUNDED) {
      return false;
    }
    components.putTransforms(id, reshuffle.toBuilder().clearSpec().build());
    for (String part : reshuffle.getSubtransformsList()) {
      PTransform transform = all.getTransformsOrThrow(part);
      if (KeyedReshuffle.isGroupByKey(transform)) {
        awaitAll(transform.getInputsMap().values().iterator().next());
      }
    }
    return true;
  }

  private PCollection input(PTransform transform) {
    return all.getPcollectionsOrThrow(transform.getInputsMap().values().iterator().next());
  }

  /** Has a collection be grouped when its window ends, and not as soon as there is anything. */
  private void awaitAll(String collection) {
    PCollection grouped = components.getPcollectionsOrThrow(collection);
    String strategy = grouped.getWindowingStrategyId();
    String whole = strategy + "/whole";
    components.putWindowingStrategies(
        whole,
        components.getWindowingStrategiesOrThrow(strategy).toBuilder()
            .setTrigger(Trigger.newBuilder().setDefault(Trigger.Default.getDefaultInstance()))
            .build());
    components.putPcollections(
        collection, grouped.toBuilder().setWindowingStrategyId(whole).build());
  }
}
