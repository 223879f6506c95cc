package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Pipelines of which this JVM runs a part. */
class HarnessMixTest {

  private static OperatorGraph translated(Pipeline p, Predicate<String> foreign) {
    return PipelineTranslator.translate(Foreign.transforms(p, foreign));
  }

  private static List<Class<?>> kinds(List<Node> nodes) {
    return nodes.stream().<Class<?>>map(node -> node.step().getClass()).toList();
  }

  @Test
  void elementsAreEncodedForTheOtherSideAndDecodedWhenTheyComeBack() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("There", ParDo.of(new Fns.Same<>()))
        .apply("Back", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    assertThat(graph.stages(), hasSize(1));
    List<Node> nodes = graph.stages().get(0).nodes();
    assertThat(
        kinds(nodes.subList(nodes.size() - 4, nodes.size())),
        contains(Step.Recode.class, Step.Harness.class, Step.Recode.class, Step.ParDo.class));
    Step.Recode there = (Step.Recode) nodes.get(nodes.size() - 4).step();
    assertThat(there.writer(), equalTo(StringUtf8Coder.of()));
    assertThat(there.reader(), hasToString("string_utf8"));
    Step.Recode back = (Step.Recode) nodes.get(nodes.size() - 2).step();
    assertThat(back.writer(), hasToString("string_utf8"));
    assertThat(back.reader(), equalTo(StringUtf8Coder.of()));
  }

  @Test
  void groupingOfObjectsStaysOneOfObjects() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("Pair", ParDo.of(new Fns.Pair()))
        .apply("Group", GroupByKey.create())
        .apply("There", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    Step.GroupByKey grouping = Graphs.step(graph, Step.GroupByKey.class);
    assertThat(grouping.input().coder(), hasToString("KvCoder(StringUtf8Coder,VarLongCoder)"));
    assertThat(
        kinds(Graphs.stage(graph, "Group").nodes()),
        contains(Step.GroupByKey.class, Step.Recode.class, Step.Harness.class));
  }

  @Test
  void groupingOfEncodedElementsIsDecodedBehindIt() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("There", ParDo.of(new Fns.Pair()))
        .apply("Group", GroupByKey.create())
        .apply("Here", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    assertThat(
        kinds(Graphs.stage(graph, "Group").nodes()),
        contains(Step.GroupByKey.class, Step.Recode.class, Step.ParDo.class));
  }

  @Test
  void combineOfThisJvmDecodesFirst() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("There", ParDo.of(new Fns.Pair()))
        .apply("Sum", Sum.longsPerKey());

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    assertThat(Graphs.step(graph, Step.CombinePerKey.class).lifted(), is(true));
    assertThat(
        Graphs.step(graph, Step.Precombine.class).input().coder(),
        hasToString("KvCoder(StringUtf8Coder,VarLongCoder)"));
  }

  @Test
  void flattenOfBothIsEncoded() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("a"));
    PCollectionList.of(main.apply("There", ParDo.of(new Fns.Same<>())))
        .and(main.apply("Here", ParDo.of(new Fns.Same<>())))
        .apply("Flat", Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    Step.ParDo reader = (Step.ParDo) Graphs.node(graph, "Reader").step();
    assertThat(reader.input().coder(), equalTo(StringUtf8Coder.of()));
    assertThat(
        Graphs.steps(graph, Step.Recode.class).stream()
            .filter(recode -> recode.reader().equals(StringUtf8Coder.of()))
            .toList(),
        hasSize(1));
  }

  @Test
  void viewOfEncodedElementsIsDecodedForAReaderOfThisJvm() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a"))
            .apply("There", ParDo.of(new Fns.Same<>()))
            .apply("View", View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view));

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    Step.View made = Graphs.step(graph, Step.View.class);
    assertThat(made.input().coder().toString().contains("string_utf8"), is(false));
    assertThat(Graphs.node(graph, "Reader").step(), instanceOf(Step.ParDo.class));
  }

  @Test
  void scriptOfAnotherProcessStaysEncoded() {
    Pipeline p = Graphs.pipeline();
    p.apply(
            TestStream.create(VarLongCoder.of())
                .addElements(
                    TimestampedValue.of(5L, Instant.EPOCH), TimestampedValue.of(6L, Instant.EPOCH))
                .advanceWatermarkToInfinity())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(Foreign.all(p));

    TestStream<?> script = Graphs.step(graph, Step.ScriptedSource.class).script();
    assertThat(script.getValueCoder(), hasToString("varint"));
    assertThat(script.getEvents(), hasSize(2));
    assertThat(Graphs.steps(graph, Step.Recode.class), hasSize(0));
  }

  /** A test stream of numbers, whose collections have a coder that only their SDK knows. */
  private static RunnerApi.Pipeline.Builder oddlyCodedScript() {
    Pipeline p = Graphs.pipeline();
    p.apply(
            "Script",
            TestStream.create(VarLongCoder.of()).addElements(5L).advanceWatermarkToInfinity())
        .apply("Reader", ParDo.of(new Fns.Same<>()));
    RunnerApi.Pipeline.Builder proto = Foreign.all(p).toBuilder();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    components.putCoders(
        "odd",
        RunnerApi.Coder.newBuilder()
            .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn("odd:coder:v1"))
            .build());
    for (String id : List.copyOf(components.getPcollectionsMap().keySet())) {
      components.putPcollections(
          id, components.getPcollectionsOrThrow(id).toBuilder().setCoderId("odd").build());
    }
    return proto;
  }

  @Test
  void scriptOfNoEnvironmentIsCodedAsItSays() {
    RunnerApi.Pipeline proto = oddlyCodedScript().build();

    OperatorGraph graph = PipelineTranslator.translate(proto);

    Step.Harness reader = Graphs.step(graph, Step.Harness.class);
    assertThat(reader.input().coder(), hasToString("varint"));
  }

  @Test
  void scriptIsWrittenByItsSdkAsItsCollectionSays() throws IOException {
    RunnerApi.Pipeline.Builder proto = oddlyCodedScript();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    Map.Entry<String, PTransform> script = transform(proto, "Script");
    Map.Entry<String, PTransform> reader = transform(proto, "Reader/ParMultiDo(Same)");
    components.putTransforms(
        script.getKey(),
        script.getValue().toBuilder()
            .setEnvironmentId(reader.getValue().getEnvironmentId())
            .build());
    String read = reader.getValue().getInputsMap().values().iterator().next();
    ParDoPayload keyed =
        ParDoPayload.parseFrom(reader.getValue().getSpec().getPayload()).toBuilder()
            .setRequiresTimeSortedInput(true)
            .build();
    PTransform.Builder keyedReader = reader.getValue().toBuilder();
    keyedReader.getSpecBuilder().setPayload(keyed.toByteString());
    proto.addRequirements(ParDoTranslation.REQUIRES_TIME_SORTED_INPUT_URN);
    components.putTransforms(reader.getKey(), keyedReader.build());
    components.putCoders("pair", ModelCoders.kvCoder("odd", "odd"));
    components.putPcollections(
        read, components.getPcollectionsOrThrow(read).toBuilder().setCoderId("pair").build());

    OperatorGraph graph = PipelineTranslator.translate(proto.build());

    Step.Harness writer = (Step.Harness) Graphs.node(graph, "Script/Write").step();
    assertThat(writer.input().coder(), hasToString("varint"));
    assertThat(
        Graphs.stage(graph, "Reader").root().step(), equalTo(Graphs.node(graph, "Reader").step()));
    Step.Harness keyedStep = (Step.Harness) Graphs.node(graph, "Reader").step();
    assertThat(
        keyedStep.input().coder(),
        hasToString("KvCoder(length_prefix(odd:coder),length_prefix(odd:coder))"));
  }

  @Test
  void scriptWithLengthsIsCodedAsItsCollection() {
    RunnerApi.Pipeline.Builder proto = oddlyCodedScript();
    RunnerApi.Components.Builder components = proto.getComponentsBuilder();
    Map.Entry<String, PTransform> script = transform(proto, "Script");
    String elements = script.getValue().getOutputsMap().values().iterator().next();
    String coder =
        components.getCodersMap().entrySet().stream()
            .filter(each -> each.getValue().getSpec().getUrn().equals(ModelCoders.INT64_CODER_URN))
            .findFirst()
            .orElseThrow()
            .getKey();
    components.putCoders(
        "prefixed",
        RunnerApi.Coder.newBuilder()
            .setSpec(
                RunnerApi.FunctionSpec.newBuilder().setUrn(ModelCoders.LENGTH_PREFIX_CODER_URN))
            .addComponentCoderIds(coder)
            .build());
    components.putPcollections(
        elements,
        components.getPcollectionsOrThrow(elements).toBuilder().setCoderId("prefixed").build());

    OperatorGraph graph = PipelineTranslator.translate(proto.build());

    assertThat(
        Graphs.step(graph, Step.ScriptedSource.class).script().getValueCoder(),
        hasToString("length_prefix(varint)"));
  }

  private static Map.Entry<String, PTransform> transform(
      RunnerApi.Pipeline.Builder proto, String name) {
    return proto.getComponents().getTransformsMap().entrySet().stream()
        .filter(entry -> entry.getValue().getUniqueName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void transformsWithoutNamesAreTakenByTheirIds() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("a"));
    main.apply("Left", ParDo.of(new Fns.Stable()));
    main.apply("Right", ParDo.of(new Fns.Stable()));
    RunnerApi.Pipeline.Builder proto = Foreign.all(p).toBuilder();
    List<String> nameless =
        proto.getComponents().getTransformsMap().entrySet().stream()
            .filter(entry -> entry.getValue().getUniqueName().endsWith("(Stable)"))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    for (String id : nameless) {
      proto
          .getComponentsBuilder()
          .putTransforms(
              id,
              proto.getComponents().getTransformsOrThrow(id).toBuilder().clearUniqueName().build());
    }

    OperatorGraph graph = PipelineTranslator.translate(proto.build());

    assertThat(
        Graphs.steps(graph, Step.Harness.class).stream()
            .map(step -> step.transform().fullName())
            .filter(nameless::contains)
            .sorted()
            .toList(),
        equalTo(nameless));
  }

  @Test
  void scriptOfThisJvmIsOneOfObjects() {
    Pipeline p = Graphs.pipeline();
    p.apply(TestStream.create(VarLongCoder.of()).addElements(5L).advanceWatermarkToInfinity())
        .apply("Here", ParDo.of(new Fns.Same<>()))
        .apply("There", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p, name -> name.startsWith("There"));

    TestStream<?> script = Graphs.step(graph, Step.ScriptedSource.class).script();
    assertThat(script.getValueCoder(), equalTo(VarLongCoder.of()));
  }
}
