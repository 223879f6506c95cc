package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class RootedStepsTest {

  @Test
  void statefulDoFnStandsBehindAKeyedEdge() {
    Pipeline p = Graphs.pipeline();
    p.apply(Create.of("a"))
        .apply(ParDo.of(new Fns.Pair()))
        .apply("S", ParDo.of(new Fns.Counting()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage stage = Graphs.rootedIn(graph, Step.StatefulParDo.class).get(0);
    assertThat(Graphs.inputKinds(graph, stage), contains(Edge.Kind.KEYED));
    assertThat(stage.distribution(), is(Stage.Distribution.KEYED));
  }

  @Test
  void timeSortedInputNeedsKeyedState() {
    Pipeline p = Graphs.pipeline();
    p.apply(Create.of("a")).apply(ParDo.of(new Fns.Pair())).apply("S", ParDo.of(new Fns.Sorted()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.rootedIn(graph, Step.StatefulParDo.class), hasSize(1));
  }

  @Test
  void stableInputIsKnownToTheDoFn() {
    Pipeline p = Graphs.pipeline();
    p.apply(Create.of("a")).apply("Stable", ParDo.of(new Fns.Stable()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Step.ParDo stable = (Step.ParDo) Graphs.node(graph, "Stable").step();
    assertThat(stable.fn().requiresStableInput(), is(true));
  }

  @Test
  void splittableDoFnIsSplitBeforeTheEdgeAndProcessedBehindIt() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("x")).apply(View.asIterable());
    p.apply("Main", Create.of("a")).apply("Count", ParDo.of(new Fns.Count()).withSideInputs(view));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage processing = Graphs.rootedIn(graph, Step.ProcessSizedElements.class).get(0);
    assertThat(Graphs.inputKinds(graph, processing), contains(Edge.Kind.REBALANCE));
    Stage splitting = graph.stages().get(Graphs.inputs(graph, processing).get(0).from());
    assertThat(
        Graphs.nodes(splitting, "Count").stream().map(Node::step).toList(),
        contains(
            instanceOf(Step.PairWithRestriction.class),
            instanceOf(Step.SplitAndSizeRestrictions.class)));
    assertThat(
        Graphs.nodes(splitting, "Count").stream().map(n -> n.sideInputs().size()).toList(),
        everyItem(is(1)));
    assertThat(processing.root().sideInputs(), hasSize(1));
    assertThat(processing.root().step().transform().fullName(), is("Count/ParMultiDo(Count)"));
  }

  @Test
  void splittableDoFnsOfOneCollectionStayApart() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("a"));
    main.apply("Count1", ParDo.of(new Fns.Count()));
    main.apply("Count2", ParDo.of(new Fns.Count()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.rootedIn(graph, Step.ProcessSizedElements.class), hasSize(2));
    assertThat(Graphs.steps(graph, Step.PairWithRestriction.class), hasSize(2));
  }

  @Test
  void readsStaySplittableIfTheExperimentSaysSo() {
    Pipeline p = Graphs.pipeline("--experiments=use_sdf_read");
    p.apply(GenerateSequence.from(0).to(10));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.BoundedRead.class), hasSize(0));
    assertThat(Graphs.rootedIn(graph, Step.ProcessSizedElements.class), hasSize(1));
  }

  private static PCollection<String> unbounded(Pipeline p) {
    return p.apply(
        "Main",
        TestStream.create(StringUtf8Coder.of()).addElements("a").advanceWatermarkToInfinity());
  }

  @Test
  void reshuffleOfPairsIsAKeyedEdgeWithoutItsInsides() {
    Pipeline p = Graphs.pipeline();
    unbounded(p).apply(ParDo.of(new Fns.Pair())).apply("R", Reshuffle.of());

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage stage = Graphs.stage(graph, "R");
    assertThat(stage.nodes(), hasSize(1));
    assertThat(Graphs.inputKinds(graph, stage), contains(Edge.Kind.KEYED));
  }

  /** What comes of a key is in one bundle. */
  @Test
  void reshuffleOfBoundedPairsIsAGroupingOfAllOfThem() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply(ParDo.of(new Fns.Pair())).apply("R", Reshuffle.of());

    OperatorGraph graph = PipelineTranslator.translate(p);

    Step.GroupByKey group = Graphs.step(graph, Step.GroupByKey.class);
    assertThat(group.input().windowing().getTrigger(), is(instanceOf(DefaultTrigger.class)));
    assertThat(Graphs.steps(graph, Step.Redistribute.class), hasSize(0));
  }

  @Test
  void reshuffleByRandomKeysGroupsNothing() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("R", Reshuffle.viaRandomKey());

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.GroupByKey.class), hasSize(0));
    assertThat(Graphs.steps(graph, Step.Redistribute.class), hasSize(1));
  }

  /** As SDKs have it that give elements random keys within the reshuffle. */
  @Test
  void reshuffleThatGroupsByNoKeyOfItsInputIsARebalanceEdge() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply(ParDo.of(new Fns.Pair())).apply("R", Reshuffle.of());
    RunnerApi.Pipeline.Builder proto = PipelineTranslator.toProto(p).toBuilder();
    proto
        .getComponentsBuilder()
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (transform.getUniqueName().equals("R")) {
                proto
                    .getComponentsBuilder()
                    .putTransforms(id, transform.toBuilder().clearSubtransforms().build());
              }
            });

    OperatorGraph graph = PipelineTranslator.translate(proto.build());

    Stage stage = Graphs.stage(graph, "R");
    assertThat(Graphs.inputKinds(graph, stage), contains(Edge.Kind.REBALANCE));
    assertThat(stage.distribution(), is(Stage.Distribution.PARALLEL));
  }

  @Test
  void redistributeByKeyIsAKeyedEdge() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply(ParDo.of(new Fns.Pair()))
        .apply("R", Redistribute.byKey());

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.stage(graph, "R").distribution(), is(Stage.Distribution.KEYED));
  }

  @Test
  void sessionsAreMergedOnce() {
    Pipeline p = Graphs.pipeline();
    unbounded(p)
        .apply(ParDo.of(new Fns.Pair()))
        .apply(Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))))
        .apply("G1", GroupByKey.create())
        .apply("G2", Reshuffle.of());

    OperatorGraph graph = PipelineTranslator.translate(p);

    Step.GroupByKey first = Graphs.step(graph, Step.GroupByKey.class);
    Step.Redistribute second = Graphs.step(graph, Step.Redistribute.class);
    assertThat(first.input().windowing().needsMerge(), is(true));
    assertThat(second.input().windowing().isAlreadyMerged(), is(true));
    assertThat(second.input().windowing().needsMerge(), is(false));
  }

  @Test
  void windowThatOnlySetsATriggerIsNoStep() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a"))
        .apply(
            Window.<String>configure()
                .triggering(AfterWatermark.pastEndOfWindow())
                .discardingFiredPanes()
                .withAllowedLateness(Duration.ZERO))
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.AssignWindows.class), hasSize(0));
    Step.ParDo reader = (Step.ParDo) Graphs.node(graph, "Reader").step();
    assertThat(reader.input().windowing().getTrigger(), equalTo(AfterWatermark.pastEndOfWindow()));
  }

  @Test
  void outputsAreListedMainFirst() {
    Pipeline p = Graphs.pipeline();
    TupleTag<String> main = new TupleTag<>("z");
    TupleTag<String> other1 = new TupleTag<>("b");
    TupleTag<String> other2 = new TupleTag<>("a");
    PCollectionTuple outputs =
        p.apply("Main", Create.of("a"))
            .apply(
                "Tagged",
                ParDo.of(new Fns.Same<String>())
                    .withOutputTags(main, TupleTagList.of(other1).and(other2)));
    outputs.get(main).setCoder(StringUtf8Coder.of());
    outputs.get(other1).setCoder(StringUtf8Coder.of());
    outputs.get(other2).setCoder(StringUtf8Coder.of());

    OperatorGraph graph = PipelineTranslator.translate(p);

    Node node = Graphs.node(graph, "Tagged");
    assertThat(node.outputs().stream().map(Node.Output::tag).toList(), contains("z", "a", "b"));
    assertThat(((Step.ParDo) node.step()).fn().mainTag(), equalTo(main));
  }

  @Test
  void siblingsShareAStage() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("a"));
    main.apply("Left", ParDo.of(new Fns.Same<>()));
    main.apply("Right", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(graph.stages(), hasSize(1));
  }

  @Test
  void testStreamIsAScriptInOneTask() {
    Pipeline p = Graphs.pipeline();
    p.apply(TestStream.create(StringUtf8Coder.of()).addElements("a").advanceWatermarkToInfinity());

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage stage = graph.stages().get(0);
    assertThat(stage.distribution(), is(Stage.Distribution.SINGLE));
    Step.ScriptedSource source = (Step.ScriptedSource) stage.root().step();
    assertThat(source.script().getEvents(), not(hasSize(0)));
  }

  @Test
  void impulseIsASingleSource() {
    Pipeline p = Graphs.pipeline();
    p.apply("Start", Impulse.create());

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.stage(graph, "Start").distribution(), is(Stage.Distribution.SINGLE));
    assertThat(graph.stages().get(0).name(), containsString("Start"));
  }
}
