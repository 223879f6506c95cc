package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of pipelines that another process runs. */
class HarnessGraphTest {

  private static OperatorGraph translated(Pipeline pipeline) {
    return PipelineTranslator.translate(Foreign.all(pipeline));
  }

  private static HarnessSpec spec(OperatorGraph graph, String transform) {
    return ((Step.Harness) Graphs.node(graph, transform).step()).spec();
  }

  /** The harness steps that run a transform. */
  private static List<Step.Harness> harnessesOf(OperatorGraph graph, String transform) {
    return Graphs.steps(graph, Step.Harness.class).stream()
        .filter(step -> names(step.spec()).stream().anyMatch(name -> name.contains(transform)))
        .toList();
  }

  private static Set<String> names(HarnessSpec spec) {
    Set<String> names = new TreeSet<>();
    for (PTransform transform : spec.descriptor().getTransformsMap().values()) {
      if (!transform.getSpec().getUrn().startsWith("beam:runner:")) {
        names.add(transform.getUniqueName());
      }
    }
    return names;
  }

  private static PCollection<KV<String, Long>> pairs(Pipeline p) {
    return p.apply("Main", Create.of("a")).apply("Pair", ParDo.of(new Fns.Pair()));
  }

  @Test
  void chainIsRunByOneHarness() {
    Pipeline p = Graphs.pipeline();
    pairs(p).apply("After", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    assertThat(graph.stages(), hasSize(1));
    Step.Harness harness = Graphs.step(graph, Step.Harness.class);
    assertThat(names(harness.spec()), hasItem("Pair/ParMultiDo(Pair)"));
    assertThat(names(harness.spec()), hasItem("After/ParMultiDo(Same)"));
    assertThat(harness.spec().environment(), is(Foreign.environment()));
    assertThat(harness.spec().outputPorts(), empty());
  }

  @Test
  void siblingsAreGivenElementsOnce() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> shuffled = p.apply("Main", Create.of("a")).apply(Reshuffle.viaRandomKey());
    shuffled.apply("Left", ParDo.of(new Fns.Same<>()));
    shuffled.apply("Right", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    assertThat(harnessesOf(graph, "Left/"), contains(harnessesOf(graph, "Right/").toArray()));
  }

  @Test
  void groupingIsDoneHereOnEncodedElements() {
    Pipeline p = Graphs.pipeline();
    pairs(p).apply("Group", GroupByKey.create()).apply("After", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    Stage grouping = Graphs.stage(graph, "Group");
    assertThat(grouping.root().step(), instanceOf(Step.GroupByKey.class));
    assertThat(Graphs.inputKinds(graph, grouping), contains(Edge.Kind.KEYED));
    assertThat(
        Graphs.inputs(graph, grouping).get(0).collection().coder().toString(),
        is("KvCoder(string_utf8,varint)"));
    assertThat(
        grouping.root().outputs().get(0).collection().coder().toString(),
        is("KvCoder(string_utf8,IterableCoder(varint))"));
    assertThat(grouping.nodes().get(1).step(), instanceOf(Step.Harness.class));
  }

  @Test
  void impulseIsEncodedBeforeItIsSent() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"));

    OperatorGraph graph = translated(p);

    assertThat(
        graph.stages().get(0).nodes().stream().map(node -> node.step().getClass()).toList(),
        contains(Step.Impulse.class, Step.Recode.class, Step.Harness.class));
  }

  @Test
  void readerOfAFlattenIsCopiedToWhereElementsAre() {
    Pipeline p = Graphs.pipeline();
    PCollectionList.of(p.apply("A", Create.of("a")))
        .and(p.apply("B", Create.of("b")))
        .apply("Flat", Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()))
        .apply("Shuffle", Reshuffle.viaRandomKey());

    OperatorGraph graph = translated(p);

    List<Step.Harness> harnesses = harnessesOf(graph, "Reader/");
    assertThat(harnesses, hasSize(2));
    for (Step.Harness harness : harnesses) {
      PTransform flatten =
          harness.spec().descriptor().getTransformsMap().values().stream()
              .filter(transform -> transform.getUniqueName().equals("Flat"))
              .findFirst()
              .orElseThrow();
      assertThat(flatten.getInputsMap().keySet(), hasSize(1));
    }
    Stage shuffle = Graphs.rootedIn(graph, Step.Redistribute.class).get(0);
    assertThat(shuffle.inputs(), hasSize(2));
  }

  @Test
  void diamondStaysWithinItsWorker() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> source = p.apply("Source", Create.of("a"));
    PCollectionList.of(source.apply("Left", ParDo.of(new Fns.Same<>())))
        .and(source.apply("Right", ParDo.of(new Fns.Same<>())))
        .apply("Flat", Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    Step.Harness harness = Graphs.step(graph, Step.Harness.class);
    assertThat(names(harness.spec()), hasItem("Reader/ParMultiDo(Same)"));
    assertThat(names(harness.spec()), hasItem("Flat"));
  }

  @Test
  void manyFlattenedStagesAreGatheredInsteadOfCopyingTheReader() {
    Pipeline p = Graphs.pipeline();
    PCollectionList<String> sources = PCollectionList.empty(p);
    for (int i = 0; i < 20; i++) {
      sources = sources.and(p.apply("Source" + i, Create.of("a")));
    }
    sources.apply("Flat", Flatten.pCollections()).apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    for (Step.Harness harness : harnessesOf(graph, "Reader/")) {
      assertThat(names(harness.spec()), contains("Reader/ParMultiDo(Same)"));
    }
  }

  @Test
  void flattenWithWhatTheRunnerMakesIsDoneHere() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("a"));
    PCollectionList.of(main)
        .and(main.apply("Shuffle", Redistribute.arbitrarily()))
        .apply("Flat", Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    for (Step.Harness harness : harnessesOf(graph, "Reader/")) {
      assertThat(names(harness.spec()), not(hasItem("Flat")));
    }
  }

  @Test
  void elementsAreWrittenByTheCoderOfEachFlattenTheyGoTo() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("a"));
    PCollectionList.of(main)
        .and(p.apply("Other", Create.of("b")))
        .apply("Flat", Flatten.pCollections())
        .setCoder(NullableCoder.of(StringUtf8Coder.of()))
        .apply("ShuffleAll", Redistribute.arbitrarily());
    main.apply("ShuffleMain", Redistribute.arbitrarily());

    OperatorGraph graph = translated(p);

    HarnessSpec spec = harnessesOf(graph, "Main/").get(0).spec();
    assertThat(spec.outputPorts(), hasSize(2));
    assertThat(
        Graphs.inputs(graph, Graphs.stage(graph, "ShuffleMain")).get(0).collection().coder(),
        hasToString("string_utf8"));
    assertThat(
        Graphs.inputs(graph, Graphs.stage(graph, "ShuffleAll")).stream()
            .map(edge -> edge.collection().coder().toString())
            .toList(),
        contains("nullable(string_utf8)", "nullable(string_utf8)"));
  }

  @Test
  void flattenOfNothingNeedsNoCoderOfThisJvm() {
    Pipeline p = Graphs.pipeline();
    PCollectionList.<KV<Integer, Long>>empty(p)
        .apply("Nothing", Flatten.pCollections())
        .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
        .apply("Reader", ParDo.of(new Fns.TickingByInt()));

    OperatorGraph graph = translated(p);

    assertThat(Graphs.steps(graph, Step.Recode.class), empty());
    assertThat(Graphs.node(graph, "Reader").step(), instanceOf(Step.Harness.class));
    assertThat(
        Graphs.inputs(graph, Graphs.stage(graph, "Reader")).get(0).collection().coder(),
        hasToString("KvCoder(length_prefix(javasdk:0.1),varint)"));
  }

  @Test
  void stateNeedsKeys() {
    Pipeline p = Graphs.pipeline();
    pairs(p).apply("Counting", ParDo.of(new Fns.Counting()));

    OperatorGraph graph = translated(p);

    Stage stage = Graphs.stage(graph, "Counting");
    assertThat(stage.distribution(), is(Stage.Distribution.KEYED));
    HarnessSpec spec = spec(graph, "Counting");
    assertThat(spec.stateful(), is(true));
    assertThat(spec.userStates().get(0).localName(), is("count"));
    assertThat(
        spec.userStates().get(0).transform(),
        is(Graphs.node(graph, "Counting").step().transform().id()));
  }

  @Test
  void sortedInputNeedsKeysAndSaysSo() {
    Pipeline p = Graphs.pipeline();
    pairs(p).apply("Sorted", ParDo.of(new Fns.Sorted()));

    OperatorGraph graph = translated(p);

    assertThat(Graphs.stage(graph, "Sorted").distribution(), is(Stage.Distribution.KEYED));
    assertThat(spec(graph, "Sorted").requiresTimeSortedInput(), is(true));
    assertThat(spec(graph, "Sorted").stateful(), is(true));
  }

  @Test
  void timersAreCodedWithEncodedKeys() {
    Pipeline p = Graphs.pipeline();
    pairs(p).apply("Ticking", ParDo.of(new Fns.Ticking()));

    HarnessSpec spec = spec(translated(p), "Ticking");

    assertThat(
        spec.timerFamilies().stream().map(HarnessSpec.TimerFamily::windowExpiry).toList(),
        containsInAnyOrder(true, false));
    for (HarnessSpec.TimerFamily timers : spec.timerFamilies()) {
      assertThat(timers.coder().getCoderArguments().get(0).toString(), is("string_utf8"));
    }
  }

  @Test
  void stableInputBeginsAStage() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Stable", ParDo.of(new Fns.Stable()));

    OperatorGraph graph = translated(p);

    assertThat(Graphs.steps(graph, Step.Harness.class), hasSize(2));
    assertThat(spec(graph, "Stable").requiresStableInput(), is(true));
    assertThat(graph.stages(), hasSize(1));
  }

  @Test
  void sideInputsAreViewsOfEncodedElements() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a")).apply("View", View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view));

    OperatorGraph graph = translated(p);

    Step.View made = Graphs.step(graph, Step.View.class);
    HarnessSpec.SideInput side = spec(graph, "Reader").sideInputs().get(0);
    assertThat(
        names(spec(graph, "Reader")), contains("Reader/ParMultiDo(Same)")); // not fused to Create
    assertThat(side.transform(), is(Graphs.node(graph, "Reader").step().transform().id()));
    assertThat(side.materialization(), is(made.materialization()));
    assertThat(side.elements().coder(), is(made.input().coder()));
    assertThat(Graphs.node(graph, "Reader").sideInputs().get(0).tag(), is(side.tag()));
  }

  @Test
  void splittableDoFnIsProcessedBehindAnEdge() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Count", ParDo.of(new Fns.Count()));

    OperatorGraph graph = translated(p);

    Stage processing = Graphs.stages(graph, "Count").get(Graphs.stages(graph, "Count").size() - 1);
    assertThat(Graphs.inputKinds(graph, processing), contains(Edge.Kind.REBALANCE));
    Step.Harness process = (Step.Harness) processing.root().step();
    assertThat(process.transform().fullName(), is("Count/ParMultiDo(Count)"));
    assertThat(process.spec().restrictions(), is(process.transform().id()));
  }

  @Test
  void combineIsLifted() {
    Pipeline p = Graphs.pipeline();
    pairs(p).apply("Sum", Sum.longsPerKey());

    OperatorGraph graph = translated(p);

    assertThat(names(harnessesOf(graph, "Sum/").get(0).spec()), hasItem(is("Sum/Precombine")));
    assertThat(
        names(harnessesOf(graph, "Sum/").get(1).spec()),
        contains("Sum/ExtractOutputs", "Sum/MergeAccumulators"));
  }

  @Test
  void combineOfSessionsIsLeftToTheSdk() {
    Pipeline p = Graphs.pipeline();
    pairs(p)
        .apply(Window.into(Sessions.withGapDuration(Duration.millis(5))))
        .apply("Sum", Sum.longsPerKey());

    OperatorGraph graph = translated(p);

    assertThat(harnessesOf(graph, "Sum/Precombine"), empty());
    assertThat(harnessesOf(graph, "Sum/Combine.GroupedValues"), hasSize(1));
    Step.GroupByKey grouping = Graphs.step(graph, Step.GroupByKey.class);
    assertThat(grouping.input().windowing().getWindowFn(), instanceOf(Sessions.class));
  }

  @Test
  void windowsAreAssignedByTheSdk() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply("Win", Window.into(FixedWindows.of(Duration.millis(5))))
        .apply("After", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = translated(p);

    assertThat(Graphs.steps(graph, Step.AssignWindows.class), empty());
    assertThat(harnessesOf(graph, "After/"), contains(harnessesOf(graph, "Win").toArray()));
  }
}
