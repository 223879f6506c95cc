package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasProperty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Coder;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.hamcrest.Matcher;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** What a harness is told. */
class HarnessDescriptorTest {

  private static HarnessSpec spec(OperatorGraph graph, String transform) {
    return harness(graph, transform).spec();
  }

  private static Step.Harness harness(OperatorGraph graph, String transform) {
    return Graphs.steps(graph, Step.Harness.class).stream()
        .filter(step -> step.transform().fullName().startsWith(transform))
        .findFirst()
        .orElseThrow();
  }

  /** The coder of the elements of a port, which it checks to be one of windowed values. */
  private static Coder elements(ProcessBundleDescriptor descriptor, String port)
      throws InvalidProtocolBufferException {
    PTransform transform = descriptor.getTransformsOrThrow(port);
    String id = RemoteGrpcPort.parseFrom(transform.getSpec().getPayload()).getCoderId();
    Coder windowed = descriptor.getCodersOrThrow(id);
    assertThat(windowed.getSpec().getUrn(), is(ModelCoders.WINDOWED_VALUE_CODER_URN));
    return descriptor.getCodersOrThrow(windowed.getComponentCoderIds(0));
  }

  private static Coder part(ProcessBundleDescriptor descriptor, Coder coder, int index) {
    return descriptor.getCodersOrThrow(coder.getComponentCoderIds(index));
  }

  private static OperatorGraph keyed() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("Ints", ParDo.of(new Fns.Ints()))
        .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
        .apply("Reading", ParDo.of(new Fns.TickingByInt()));
    return PipelineTranslator.translate(Foreign.all(p));
  }

  @Test
  void everythingThatIsNamedIsThere() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a")).apply("View", View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view))
        .apply("Shuffle", Redistribute.arbitrarily())
        .apply("Count", ParDo.of(new Fns.Count()));

    OperatorGraph graph = PipelineTranslator.translate(Foreign.all(p));

    List<ProcessBundleDescriptor> descriptors = new ArrayList<>();
    for (Step.Harness harness : Graphs.steps(graph, Step.Harness.class)) {
      descriptors.add(harness.spec().descriptor());
      if (harness.spec().truncation() != null) {
        descriptors.add(harness.spec().truncation().descriptor());
      }
    }
    assertThat(descriptors, hasSize(6));
    for (ProcessBundleDescriptor descriptor : descriptors) {
      for (PTransform transform : descriptor.getTransformsMap().values()) {
        transform.getInputsMap().values().forEach(descriptor::getPcollectionsOrThrow);
        transform.getOutputsMap().values().forEach(descriptor::getPcollectionsOrThrow);
      }
      descriptor
          .getPcollectionsMap()
          .values()
          .forEach(
              collection -> {
                descriptor.getCodersOrThrow(collection.getCoderId());
                descriptor.getCodersOrThrow(
                    descriptor
                        .getWindowingStrategiesOrThrow(collection.getWindowingStrategyId())
                        .getWindowCoderId());
              });
      descriptor
          .getCodersMap()
          .values()
          .forEach(coder -> coder.getComponentCoderIdsList().forEach(descriptor::getCodersOrThrow));
    }
  }

  @Test
  void transformIsWholeWhateverItConsistsOf() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of(KV.of("a", 1L)))
        .apply(
            Window.<KV<String, Long>>into(FixedWindows.of(Duration.millis(10)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(AfterPane.elementCountAtLeast(2)))
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes())
        .apply("Sum", Sum.longsPerKey());

    OperatorGraph graph = PipelineTranslator.translate(Foreign.all(p));

    List<PTransform> combines =
        Graphs.steps(graph, Step.Harness.class).stream()
            .flatMap(step -> step.spec().descriptor().getTransformsMap().values().stream())
            .filter(each -> each.getUniqueName().contains("GroupedValues"))
            .toList();
    assertThat(combines.isEmpty(), is(false));
    combines.forEach(each -> assertThat(each.getSubtransformsList(), hasSize(0)));
  }

  @Test
  void elementsThatAreWindowedValuesAreNotTakenForOthers() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("Wrap", ParDo.of(new Fns.Same<>()))
        .apply("Reader", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline.Builder proto = Foreign.all(p).toBuilder();
    recoded(
        proto.getComponentsBuilder(),
        "Wrap/ParMultiDo(Same)",
        Coder.newBuilder()
            .setSpec(FunctionSpec.newBuilder().setUrn(ModelCoders.WINDOWED_VALUE_CODER_URN))
            .addComponentCoderIds(coderOf(proto.getComponents(), "Main"))
            .addComponentCoderIds("global")
            .build());
    proto
        .getComponentsBuilder()
        .putCoders(
            "global",
            Coder.newBuilder()
                .setSpec(FunctionSpec.newBuilder().setUrn(ModelCoders.GLOBAL_WINDOW_CODER_URN))
                .build());

    OperatorGraph graph = PipelineTranslator.translate(proto.build());

    ProcessBundleDescriptor descriptor =
        Graphs.steps(graph, Step.Harness.class).stream()
            .map(step -> step.spec().descriptor())
            .filter(each -> each.toString().contains("Reader/ParMultiDo(Same)"))
            .findFirst()
            .orElseThrow();
    List<Coder> outer =
        descriptor.getPcollectionsMap().values().stream()
            .map(each -> descriptor.getCodersOrThrow(each.getCoderId()))
            .filter(each -> each.getSpec().getUrn().equals(ModelCoders.WINDOWED_VALUE_CODER_URN))
            .toList();
    assertThat(outer, hasSize(1));
    assertThat(
        part(descriptor, outer.get(0), 0).getSpec().getUrn(),
        is(ModelCoders.WINDOWED_VALUE_CODER_URN));
  }

  @Test
  void sdkWritesInAnotherWayWhatTheRunnerPassesOn() throws Exception {
    Pipeline p = Graphs.pipeline();
    PCollection<KV<String, Iterable<Long>>> grouped =
        p.apply("Main", Create.of(KV.of("a", 1L))).apply("Group", GroupByKey.create());
    PCollectionList.of(grouped)
        .and(grouped.apply("Other", ParDo.of(new Fns.Same<>())))
        .apply("Flat", Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline.Builder proto = Foreign.all(p).toBuilder();
    recoded(
        proto.getComponentsBuilder(),
        "Flat",
        Coder.newBuilder().setSpec(FunctionSpec.newBuilder().setUrn("odd:coder:v1")).build());

    OperatorGraph graph = PipelineTranslator.translate(proto.build());

    HarnessSpec recoding =
        Graphs.steps(graph, Step.Harness.class).stream()
            .filter(step -> step.transform().fullName().equals("Group"))
            .findFirst()
            .orElseThrow()
            .spec();
    assertThat(
        elements(recoding.descriptor(), recoding.inputPort()).getSpec().getUrn(),
        is(ModelCoders.KV_CODER_URN));
    Coder out = elements(recoding.descriptor(), recoding.outputPorts().get(0));
    assertThat(out.getSpec().getUrn(), is(ModelCoders.LENGTH_PREFIX_CODER_URN));
    assertThat(part(recoding.descriptor(), out, 0).getSpec().getUrn(), is("odd:coder:v1"));
  }

  /** Gives the only output of a transform another coder. */
  private static void recoded(RunnerApi.Components.Builder components, String name, Coder coder) {
    String output = outputOf(components.build(), name);
    components.putCoders("other", coder);
    components.putPcollections(
        output, components.getPcollectionsOrThrow(output).toBuilder().setCoderId("other").build());
  }

  private static String coderOf(RunnerApi.Components components, String name) {
    return components.getPcollectionsOrThrow(outputOf(components, name)).getCoderId();
  }

  private static String outputOf(RunnerApi.Components components, String name) {
    return components.getTransformsMap().values().stream()
        .filter(transform -> transform.getUniqueName().equals(name))
        .findFirst()
        .orElseThrow()
        .getOutputsMap()
        .values()
        .iterator()
        .next();
  }

  @Test
  void valuesOfAMultimapAreToldFromEachOther() throws Exception {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of(KV.of("a", 1L))).apply("Index", ParDo.of(new Fns.Indexing()));

    HarnessSpec spec = spec(PipelineTranslator.translate(Foreign.all(p)), "Index");

    assertThat(spec.userStates(), hasSize(2));
    assertThat(spec.userStates().get(0).values(), is(nullValue()));
    HarnessSpec.Inquiry values = Objects.requireNonNull(spec.userStates().get(1).values());
    PTransform in = values.descriptor().getTransformsOrThrow(values.inputPort());
    Coder bare =
        values
            .descriptor()
            .getCodersOrThrow(RemoteGrpcPort.parseFrom(in.getSpec().getPayload()).getCoderId());
    assertThat(bare.getSpec().getUrn(), is(ModelCoders.PARAM_WINDOWED_VALUE_CODER_URN));
    Coder out = elements(values.descriptor(), values.outputPort());
    assertThat(out.getSpec().getUrn(), is(ModelCoders.LENGTH_PREFIX_CODER_URN));
    assertThat(out.getComponentCoderIds(0), is(bare.getComponentCoderIds(0)));
    assertThat(
        in.getOutputsMap().values(),
        contains(
            values.descriptor().getTransformsOrThrow(values.outputPort()).getInputsOrThrow("in")));
  }

  @Test
  void portsPrefixWhatTheRunnerDoesNotKnow() throws Exception {
    OperatorGraph graph = keyed();

    HarnessSpec writing = spec(graph, "Main");
    ProcessBundleDescriptor descriptor = writing.descriptor();
    Coder out = elements(descriptor, writing.outputPorts().get(0));
    assertThat(
        part(descriptor, out, 0).getSpec().getUrn(), is(ModelCoders.LENGTH_PREFIX_CODER_URN));
    assertThat(part(descriptor, out, 1).getSpec().getUrn(), is(ModelCoders.INT64_CODER_URN));
    HarnessSpec reading = spec(graph, "Reading");
    assertThat(elements(reading.descriptor(), reading.inputPort()), equalTo(out));
  }

  @Test
  void inputIsCodedForTheSdkAsItIsOnTheWire() {
    HarnessSpec reading = spec(keyed(), "Reading");
    ProcessBundleDescriptor descriptor = reading.descriptor();

    String input = harness(keyed(), "Reading").input().id();
    Coder coder =
        descriptor.getCodersOrThrow(descriptor.getPcollectionsOrThrow(input).getCoderId());
    assertThat(
        part(descriptor, coder, 0).getSpec().getUrn(), is(ModelCoders.LENGTH_PREFIX_CODER_URN));
  }

  @Test
  void timersOfTheDescriptorAreCodedAsThoseOfTheRunner() throws Exception {
    HarnessSpec reading = spec(keyed(), "Reading");
    ProcessBundleDescriptor descriptor = reading.descriptor();
    HarnessSpec.TimerFamily timers = reading.timerFamilies().get(0);

    ParDoPayload payload =
        ParDoPayload.parseFrom(
            descriptor.getTransformsOrThrow(timers.transform()).getSpec().getPayload());
    TimerFamilySpec family = payload.getTimerFamilySpecsOrThrow(timers.localName());
    Coder coder = descriptor.getCodersOrThrow(family.getTimerFamilyCoderId());
    assertThat(
        part(descriptor, coder, 0).getSpec().getUrn(), is(ModelCoders.LENGTH_PREFIX_CODER_URN));
    assertThat(
        timers.coder().getCoderArguments().get(0).toString(), is("length_prefix(javasdk:0.1)"));
  }

  @Test
  void truncatingGivesBackWhatProcessingTakes() throws Exception {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Count", ParDo.of(new Fns.Count()));
    OperatorGraph graph = PipelineTranslator.translate(Foreign.all(p));

    HarnessSpec processing =
        Graphs.steps(graph, Step.Harness.class).stream()
            .map(Step.Harness::spec)
            .filter(spec -> spec.restrictions() != null)
            .findFirst()
            .orElseThrow();
    HarnessSpec.Truncation truncation = Objects.requireNonNull(processing.truncation());
    ProcessBundleDescriptor descriptor = truncation.descriptor();
    assertThat(descriptor.getTransformsMap(), hasKey(processing.restrictions()));
    assertThat(
        descriptor.getTransformsOrThrow(processing.restrictions()).getSpec().getUrn(),
        is("beam:transform:sdf_truncate_sized_restrictions:v1"));
    assertThat(
        elements(descriptor, truncation.outputPort()),
        equalTo(elements(descriptor, truncation.inputPort())));
    assertThat(
        elements(processing.descriptor(), processing.inputPort()),
        equalTo(elements(descriptor, truncation.inputPort())));
    assertThat(
        descriptor.getTransformsOrThrow(truncation.inputPort()).getOutputsMap().values(),
        not(
            hasItem(
                descriptor.getTransformsOrThrow(truncation.outputPort()).getInputsOrThrow("in"))));
  }

  @Test
  void codersOfOtherStagesAreLeftOut() {
    HarnessSpec writing = spec(keyed(), "Main");
    HarnessSpec reading = spec(keyed(), "Reading");

    assertThat(writing.descriptor().getCodersMap().values(), not(hasItem(timerCoder())));
    assertThat(reading.descriptor().getCodersMap().values(), hasItem(timerCoder()));
  }

  private static Matcher<Coder> timerCoder() {
    return hasProperty("spec", hasProperty("urn", is(ModelCoders.TIMER_CODER_URN)));
  }

  @Test
  void whatIsNotSplittableTruncatesNothing() {
    assertThat(spec(keyed(), "Reading").restrictions(), is(nullValue()));
    assertThat(spec(keyed(), "Reading").truncation(), is(nullValue()));
  }
}
