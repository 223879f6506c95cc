package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.validate.Problem;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.MergeStatus;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimeDomain;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** What is refused of transforms of other environments, and what is not. */
class HarnessRefusalTest {

  private static Problem problem(RunnerApi.Pipeline proto) {
    UnsupportedPipelineException refusal =
        assertThrows(UnsupportedPipelineException.class, () -> PipelineTranslator.translate(proto));
    assertThat(refusal.problems(), hasSize(1));
    return refusal.problems().get(0);
  }

  private static RunnerApi.Pipeline changed(
      RunnerApi.Pipeline proto, String name, UnaryOperator<PTransform.Builder> change) {
    RunnerApi.Pipeline.Builder changed = proto.toBuilder();
    proto
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (transform.getUniqueName().equals(name)) {
                changed
                    .getComponentsBuilder()
                    .putTransforms(id, change.apply(transform.toBuilder()).build());
              }
            });
    return changed.build();
  }

  private static RunnerApi.Pipeline changedParDo(
      RunnerApi.Pipeline proto, String name, UnaryOperator<ParDoPayload.Builder> change) {
    return changed(
        proto,
        name,
        transform -> {
          try {
            ParDoPayload payload = ParDoPayload.parseFrom(transform.getSpec().getPayload());
            transform
                .getSpecBuilder()
                .setPayload(change.apply(payload.toBuilder()).build().toByteString());
            return transform;
          } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** A pipeline whose fixed windows are of a kind that only its SDK knows. */
  private static RunnerApi.Pipeline inOddWindows(Pipeline p, MergeStatus.Enum merges) {
    RunnerApi.Pipeline.Builder proto = Foreign.all(p).toBuilder();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    components.putCoders(
        "odd coder",
        RunnerApi.Coder.newBuilder()
            .setSpec(FunctionSpec.newBuilder().setUrn("odd:coder:v1"))
            .build());
    components
        .getWindowingStrategiesMap()
        .forEach(
            (id, windowing) -> {
              if (windowing.getWindowFn().getUrn().contains("fixed")) {
                components.putWindowingStrategies(
                    id,
                    windowing.toBuilder()
                        .setWindowFn(FunctionSpec.newBuilder().setUrn("odd:window_fn:v1"))
                        .setWindowCoderId("odd coder")
                        .setMergeStatus(merges)
                        .build());
              }
            });
    return proto.build();
  }

  private static Pipeline grouped() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of(KV.of("a", 1L)))
        .apply(Window.into(FixedWindows.of(Duration.millis(5))))
        .apply("Group", GroupByKey.create());
    return p;
  }

  @Test
  void stateNeedsWindowsThatDoNotMerge() {
    Pipeline p = Graphs.pipeline();
    p.apply(Create.of(KV.of("a", 1L)))
        .apply(Window.into(Sessions.withGapDuration(Duration.millis(5))))
        .apply("Counting", ParDo.of(new Fns.Counting()));

    Problem problem = problem(Foreign.all(p));

    assertThat(problem.where(), is("Counting/ParMultiDo(Counting)"));
    assertThat(problem.feature(), containsString("Sessions"));
  }

  @Test
  void stateNeedsKeys() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Same", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline proto =
        changedParDo(
            Foreign.all(p),
            "Same/ParMultiDo(Same)",
            payload -> payload.setRequiresTimeSortedInput(true));

    RunnerApi.Pipeline.Builder sorted =
        proto.toBuilder().addRequirements(ParDoTranslation.REQUIRES_TIME_SORTED_INPUT_URN);
    assertThat(problem(sorted.build()).feature(), containsString("coded by string_utf8"));
  }

  @Test
  void timersOfAnUnknownTimeDomainAreRefused() {
    Pipeline p = Graphs.pipeline();
    p.apply(Create.of(KV.of("a", 1L))).apply("Ticking", ParDo.of(new Fns.Ticking()));
    RunnerApi.Pipeline proto =
        changedParDo(
            Foreign.all(p),
            "Ticking/ParMultiDo(Ticking)",
            payload -> {
              String tick =
                  payload.getTimerFamilySpecsMap().keySet().stream()
                      .filter(name -> name.contains("tick"))
                      .findFirst()
                      .orElseThrow();
              return payload.putTimerFamilySpecs(
                  tick,
                  payload.getTimerFamilySpecsOrThrow(tick).toBuilder()
                      .setTimeDomain(TimeDomain.Enum.UNSPECIFIED)
                      .build());
            });

    assertThat(problem(proto).feature(), containsString("time domain UNSPECIFIED"));
  }

  @Test
  void sideInputThatIsAccessedOddlyIsRefused() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a")).apply(View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view));
    RunnerApi.Pipeline proto =
        changedParDo(
            Foreign.all(p),
            "Reader/ParMultiDo(Same)",
            payload -> {
              String name = payload.getSideInputsMap().keySet().iterator().next();
              RunnerApi.SideInput.Builder side = payload.getSideInputsOrThrow(name).toBuilder();
              side.getAccessPatternBuilder().setUrn("odd:access:v1");
              return payload.putSideInputs(name, side.build());
            });

    assertThat(problem(proto).feature(), containsString("accessed as odd:access:v1"));
  }

  private static Pipeline readingWindowed() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a"))
            .apply(Window.into(FixedWindows.of(Duration.millis(5))))
            .apply(View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view));
    return p;
  }

  private static RunnerApi.Pipeline mapping(RunnerApi.Pipeline proto, FunctionSpec mapping) {
    return changedParDo(
        proto,
        "Reader/ParMultiDo(Same)",
        payload -> {
          String name = payload.getSideInputsMap().keySet().iterator().next();
          RunnerApi.SideInput.Builder side = payload.getSideInputsOrThrow(name).toBuilder();
          return payload.putSideInputs(name, side.setWindowMappingFn(mapping).build());
        });
  }

  private static HarnessSpec.SideInput onlySideInput(RunnerApi.Pipeline proto) {
    return Graphs.steps(PipelineTranslator.translate(proto), Step.Harness.class).stream()
        .flatMap(step -> step.spec().sideInputs().stream())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void windowsAreMappedHereAsEverybodyDoesByDefault() {
    RunnerApi.Pipeline proto = Foreign.all(readingWindowed());

    assertThat(onlySideInput(proto).mapping(), is(nullValue()));
    assertThat(
        onlySideInput(mapping(proto, FunctionSpec.getDefaultInstance())).mapping(),
        is(nullValue()));
  }

  @Test
  void windowsAreMappedByTheSdkWhereNobodyElseKnowsHow() {
    FunctionSpec odd = FunctionSpec.newBuilder().setUrn("odd:mapping:v1").build();
    RunnerApi.Pipeline proto = mapping(Foreign.all(readingWindowed()), odd);

    HarnessSpec.Inquiry mapping = Objects.requireNonNull(onlySideInput(proto).mapping());
    assertThat(mapping.environment(), is(Foreign.environment()));
    PTransform map = ownTransform(mapping);
    assertThat(map.getSpec().getUrn(), is("beam:transform:map_windows:v1"));
    assertThat(map.getSpec().getPayload(), is(odd.toByteString()));
    assertThat(
        mapping.descriptor().getTransformsOrThrow(mapping.inputPort()).getOutputsMap().values(),
        contains(map.getInputsOrThrow("in")));
    assertThat(
        mapping.descriptor().getTransformsOrThrow(mapping.outputPort()).getInputsMap().values(),
        contains(map.getOutputsOrThrow("out")));
  }

  @Test
  void sideInputMayBeInWindowsOfTheSdk() {
    HarnessSpec.SideInput side =
        onlySideInput(inOddWindows(readingWindowed(), MergeStatus.Enum.NON_MERGING));

    assertThat(
        side.elements().windowCoder().toString(), is("custom_window(length_prefix(odd:coder))"));
    assertThat(
        ownTransform(Objects.requireNonNull(side.mapping())).getSpec().getUrn(),
        is("beam:transform:map_windows:v1"));
  }

  @Test
  void sideInputInWindowsThatMergeIsRefused() {
    Problem problem = problem(inOddWindows(readingWindowed(), MergeStatus.Enum.NEEDS_MERGE));

    assertThat(problem.where(), is("Reader/ParMultiDo(Same)"));
    assertThat(problem.feature(), containsString("windows that merge, odd:window_fn:v1"));
  }

  @Test
  void sideInputThatCannotBeMappedIsRefused() {
    RunnerApi.Pipeline proto =
        mapping(
            inOddWindows(readingWindowed(), MergeStatus.Enum.NON_MERGING),
            FunctionSpec.getDefaultInstance());

    assertThat(problem(proto).feature(), containsString("does not say how"));
  }

  private static PTransform ownTransform(HarnessSpec.Inquiry inquiry) {
    return inquiry.descriptor().getTransformsMap().values().stream()
        .filter(transform -> !transform.getSpec().getUrn().startsWith("beam:runner:"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void windowsThatOnlyTheSdkMergesAreMergedByIt() {
    RunnerApi.Pipeline proto = inOddWindows(grouped(), MergeStatus.Enum.NEEDS_MERGE);

    Step.GroupByKey grouping =
        Graphs.step(PipelineTranslator.translate(proto), Step.GroupByKey.class);

    assertThat(grouping.input().windowing().needsMerge(), is(true));
    HarnessSpec.Inquiry merging = Objects.requireNonNull(grouping.merging());
    assertThat(merging.environment(), is(Foreign.environment()));
    PTransform merge = ownTransform(merging);
    assertThat(merge.getSpec().getUrn(), is("beam:transform:merge_windows:v1"));
    assertThat(
        merging.descriptor().getTransformsOrThrow(merging.inputPort()).getOutputsMap().values(),
        contains(merge.getInputsOrThrow("in")));
    assertThat(
        merging.descriptor().getTransformsOrThrow(merging.outputPort()).getInputsMap().values(),
        contains(merge.getOutputsOrThrow("out")));
  }

  @Test
  void windowsThatStayAreMergedByNobody() {
    RunnerApi.Pipeline proto = inOddWindows(grouped(), MergeStatus.Enum.NON_MERGING);

    assertThat(
        Graphs.step(PipelineTranslator.translate(proto), Step.GroupByKey.class).merging(),
        is(nullValue()));
  }

  @Test
  void windowsOfTheSdkAreCarriedAlong() {
    OperatorGraph graph =
        PipelineTranslator.translate(inOddWindows(grouped(), MergeStatus.Enum.NON_MERGING));

    assertThat(
        Graphs.step(graph, Step.GroupByKey.class).input().windowCoder().toString(),
        is("custom_window(length_prefix(odd:coder))"));
  }

  @Test
  void transformOfManyInputsIsNoneThatAHarnessRuns() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Same", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline proto =
        changed(
            Foreign.all(p),
            "Same/ParMultiDo(Same)",
            transform ->
                transform.putInputs("x", transform.getInputsMap().values().iterator().next()));

    Problem problem = problem(proto);

    assertThat(problem.where(), is("Same/ParMultiDo(Same)"));
    assertThat(problem.feature(), containsString("one main input"));
  }

  @Test
  void sourceOfAnSdkIsRefusedUnlessItIsExpanded() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Same", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline proto =
        changed(
            Foreign.all(p),
            "Same/ParMultiDo(Same)",
            transform ->
                transform
                    .clearInputs()
                    .setSpec(FunctionSpec.newBuilder().setUrn("beam:transform:read:v1")));

    Problem problem = problem(proto);

    assertThat(problem.feature(), containsString("beam:transform:read:v1 is unknown"));
    assertThat(problem.remedy(), containsString("expand it"));
  }

  @Test
  void leafThatNobodyKnowsIsTheSdks() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Same", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline proto =
        changed(
            Foreign.all(p),
            "Same/ParMultiDo(Same)",
            transform ->
                transform.setSpec(FunctionSpec.newBuilder().setUrn("beam:transform:to_string:v1")));

    OperatorGraph graph = PipelineTranslator.translate(proto);

    assertThat(
        Graphs.step(graph, Step.Harness.class)
            .spec()
            .descriptor()
            .getTransformsMap()
            .values()
            .stream()
            .filter(t -> t.getSpec().getUrn().equals("beam:transform:to_string:v1"))
            .toList(),
        hasSize(1));
  }

  @Test
  void compositeOfNothingIsNothing() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Same", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline proto =
        changed(
            Foreign.all(p),
            "Same/ParMultiDo(Same)",
            transform ->
                transform
                    .setSpec(FunctionSpec.newBuilder().setUrn("beam:transform:pickled_python:v1"))
                    .clearOutputs());

    OperatorGraph graph = PipelineTranslator.translate(proto);

    assertThat(
        Graphs.step(graph, Step.Harness.class)
            .spec()
            .descriptor()
            .getTransformsMap()
            .values()
            .stream()
            .filter(transform -> transform.getUniqueName().startsWith("Same"))
            .toList(),
        hasSize(0));
  }
}
