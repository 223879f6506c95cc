package dev.trestle.translation.harness;

import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import dev.trestle.translation.wire.WireComponents;
import java.io.IOException;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.WindowingStrategy;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.jspecify.annotations.Nullable;

/** Describes what SDKs are asked while a job runs, besides running its transforms. */
public final class InquirySpecs {
  private static final String MERGE = "trestle:merge_windows";
  private static final String MAP = "trestle:map_windows";

  /**
   * Those of Go and TypeScript, which have no others; nothing said is the default, too. Java's is
   * recognised by what it is serialized to.
   */
  private static final Set<String> DEFAULT_MAPPINGS =
      Set.of(
          "",
          "beam:go:windowmapping:fixed:v1",
          "beam:go:windowmapping:sliding:v1",
          "beam:window_mapping_fn:identity:v1",
          "beam:window_mapping_fn:assign_max_timestamp:v1");

  private final WireComponents components;

  public InquirySpecs(WireComponents components) {
    this.components = components;
  }

  /**
   * How an SDK is asked which windows of a collection merge.
   *
   * @throws IllegalArgumentException if it is not known which environment merges them
   */
  public Inquiry merging(String collection) throws IOException {
    String windowing =
        components.protos().getPcollectionsOrThrow(collection).getWindowingStrategyId();
    WindowingStrategy strategy = components.protos().getWindowingStrategiesOrThrow(windowing);
    String environment = strategy.getEnvironmentId();
    String asked = components.addWindowsToMerge(collection, environment);
    String answered = components.addMergedWindows(collection, environment);
    return transforming(
        MERGE,
        PTransformTranslation.MERGE_WINDOWS_TRANSFORM_URN,
        strategy.getWindowFn(),
        environment,
        asked,
        answered);
  }

  /**
   * How an SDK is asked for the window of a side input that is read in a window of the main input;
   * null where everybody knows.
   *
   * @param main the main input
   * @param side the collection that the side input is made of
   * @param environment id of the one that reads it
   */
  @Nullable Inquiry mapping(
      RunnerApi.SideInput sideInput, String main, String side, String environment)
      throws IOException {
    if (isDefault(sideInput, side)) {
      return null;
    }
    return transforming(
        MAP,
        PTransformTranslation.MAP_WINDOWS_TRANSFORM_URN,
        sideInput.getWindowMappingFn(),
        environment,
        components.addWindowToMap(main, environment),
        components.addWindowToMap(side, environment));
  }

  private boolean isDefault(RunnerApi.SideInput sideInput, String side) throws IOException {
    if (components.isInGlobalWindow(side)) {
      return true;
    }
    WindowMappingFn<?> standard = components.standardMapping(side);
    FunctionSpec mapping = sideInput.getWindowMappingFn();
    return standard != null
        && (DEFAULT_MAPPINGS.contains(mapping.getUrn())
            || mapping.equals(
                ParDoTranslation.translateWindowMappingFn(standard, SdkComponents.create())));
  }

  /**
   * How an SDK is asked where each value ends.
   *
   * @param coderId of values, as they are in the SDK's state
   */
  Inquiry values(String coderId, String environment) throws IOException {
    String values = components.addValues(coderId, environment);
    StageDescriptor descriptor = new StageDescriptor(components);
    String source = descriptor.addSource(values, components.bareValueCoderId(coderId));
    String sink = descriptor.addSink(values, components.prefixedValueCoderId(coderId));
    return inquiry(descriptor, Set.of(), environment, source, sink);
  }

  private Inquiry transforming(
      String name, String urn, FunctionSpec fn, String environment, String asked, String answered)
      throws IOException {
    StageDescriptor descriptor = new StageDescriptor(components);
    String source = descriptor.addSource(asked);
    descriptor.add(
        name,
        PTransform.newBuilder()
            .setUniqueName(name)
            .setSpec(FunctionSpec.newBuilder().setUrn(urn).setPayload(fn.toByteString()))
            .putInputs("in", asked)
            .putOutputs("out", answered)
            .setEnvironmentId(environment)
            .build());
    String sink =
        descriptor.addSink(
            answered, components.portCoderId(answered, components.coderId(answered)));
    return inquiry(descriptor, Set.of(asked), environment, source, sink);
  }

  private Inquiry inquiry(
      StageDescriptor descriptor, Set<String> wired, String environment, String source, String sink)
      throws IOException {
    return new Inquiry(
        components.protos().getEnvironmentsOrThrow(environment).toBuilder()
            .clearResourceHints()
            .build(),
        descriptor.finish(wired),
        source,
        sink);
  }
}
