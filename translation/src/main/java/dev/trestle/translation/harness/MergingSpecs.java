package dev.trestle.translation.harness;

import dev.trestle.translation.graph.HarnessSpec.Merging;
import dev.trestle.translation.wire.WireComponents;
import java.io.IOException;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.WindowingStrategy;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/** Describes how an SDK is asked which windows merge. */
public final class MergingSpecs {
  private static final String TRANSFORM = "trestle:merge_windows";

  /** Not for instances. */
  private MergingSpecs() {}

  /**
   * Describes how the windows of a collection are merged.
   *
   * @throws IllegalArgumentException if it is not known which environment merges them
   */
  public static Merging describe(String collection, WireComponents components) throws IOException {
    String windowing =
        components.protos().getPcollectionsOrThrow(collection).getWindowingStrategyId();
    WindowingStrategy strategy = components.protos().getWindowingStrategiesOrThrow(windowing);
    String windows = components.addWindowsToMerge(collection);
    String merged = components.addMergedWindows(collection);
    PTransform merge =
        PTransform.newBuilder()
            .setUniqueName(TRANSFORM)
            .setSpec(
                FunctionSpec.newBuilder()
                    .setUrn(PTransformTranslation.MERGE_WINDOWS_TRANSFORM_URN)
                    .setPayload(strategy.getWindowFn().toByteString()))
            .putInputs("in", windows)
            .putOutputs("out", merged)
            .setEnvironmentId(strategy.getEnvironmentId())
            .build();
    StageDescriptor descriptor = new StageDescriptor(components);
    String source = descriptor.addSource(windows);
    descriptor.add(TRANSFORM, merge);
    String sink =
        descriptor.addSink(merged, components.portCoderId(merged, components.coderId(merged)));
    return new Merging(
        components.protos().getEnvironmentsOrThrow(strategy.getEnvironmentId()).toBuilder()
            .clearResourceHints()
            .build(),
        descriptor.finish(Set.of(windows)),
        source,
        sink);
  }
}
