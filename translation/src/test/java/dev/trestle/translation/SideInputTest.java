package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.junit.jupiter.api.Test;

class SideInputTest {

  /** Of a pipeline whose {@code Reader} reads {@code View} of {@code Side} beside {@code Main}. */
  private static OperatorGraph translatedReader() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a")).apply("View", View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view));

    return PipelineTranslator.translate(p);
  }

  @Test
  void viewIsAStageOfItsOwnThatBroadcasts() {
    OperatorGraph graph = translatedReader();

    Stage maker = Graphs.rootedIn(graph, Step.View.class).get(0);
    assertThat(maker.distribution(), is(Stage.Distribution.SINGLE));
    assertThat(Graphs.inputKinds(graph, maker), contains(Edge.Kind.REBALANCE));
    Node reader = Graphs.node(graph, "Reader");
    assertThat(reader.sideInputs(), hasSize(1));
    Node.SideInput side = reader.sideInputs().get(0);
    assertThat(((Step.ParDo) reader.step()).fn().views(), hasKey(side.tag()));
    assertThat(graph.edges().get(side.edge()).kind(), is(Edge.Kind.BROADCAST));
    assertThat(graph.edges().get(side.edge()).from(), is(maker.id()));
  }

  @Test
  void unrelatedSideInputDoesNotBreakFusion() {
    OperatorGraph graph = translatedReader();

    assertThat(Graphs.stage(graph, "Reader"), is(Graphs.stage(graph, "Main")));
    assertThat(Graphs.steps(graph, Step.Redistribute.class), hasSize(0));
  }

  @Test
  void doFnCarriesItsViews() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Map<String, Iterable<Long>>> view =
        p.apply("Side", Create.of(KV.of("a", 1L))).apply("View", View.asMultimap());
    p.apply("Main", Create.of("b"))
        .apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInput("local", view));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Step.ParDo reader = (Step.ParDo) Graphs.node(graph, "Reader").step();
    assertThat(reader.fn().views(), hasKey("local"));
    assertThat(
        Graphs.step(graph, Step.View.class).materialization(),
        is(Materializations.MULTIMAP_MATERIALIZATION_URN));
  }

  @Test
  void readersOfAViewShareItsStage() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a")).apply("View", View.asIterable());
    PCollection<String> main = p.apply("Main", Create.of("b"));
    main.apply("Reader1", ParDo.of(new Fns.Same<String>()).withSideInputs(view));
    main.apply("Reader2", ParDo.of(new Fns.Same<String>()).withSideInputs(view));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.View.class), hasSize(1));
    assertThat(
        Graphs.node(graph, "Reader1").sideInputs(),
        equalTo(Graphs.node(graph, "Reader2").sideInputs()));
  }

  @Test
  void readerOfAViewOfItsOwnStageIsCutOff() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("b"));
    PCollectionView<Iterable<String>> view = main.apply("View", View.asIterable());
    main.apply("Reader", ParDo.of(new Fns.Same<String>()).withSideInputs(view))
        .apply("After", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage reading = Graphs.stage(graph, "After");
    assertThat(reading.root().step(), instanceOf(Step.Redistribute.class));
    assertThat(Graphs.inputKinds(graph, reading), contains(Edge.Kind.FORWARD));
    assertThat(Graphs.nodes(reading, "Reader"), hasSize(2));
    assertThat(Graphs.rootedIn(graph, Step.View.class).get(0).id(), lessThan(reading.id()));
  }

  @Test
  void twoStagesThatReadEachOthersViewsAreOrdered() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> left = p.apply("Left", Create.of("l"));
    PCollection<String> right = p.apply("Right", Create.of("r"));
    PCollectionView<Iterable<String>> leftView = left.apply("LeftView", View.asIterable());
    PCollectionView<Iterable<String>> rightView = right.apply("RightView", View.asIterable());
    left.apply("LeftReader", ParDo.of(new Fns.Same<String>()).withSideInputs(rightView));
    right.apply("RightReader", ParDo.of(new Fns.Same<String>()).withSideInputs(leftView));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.steps(graph, Step.Redistribute.class), hasSize(1));
  }

  @Test
  void chainOfReadersAlternatesBetweenStages() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> main = p.apply("Main", Create.of("b"));
    PCollection<String> previous = main;
    for (int i = 0; i < 5; i++) {
      PCollectionView<Iterable<String>> view = previous.apply("View" + i, View.asIterable());
      previous = main.apply("Reader" + i, ParDo.of(new Fns.Same<String>()).withSideInputs(view));
    }

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.rootedIn(graph, Step.Redistribute.class), hasSize(5));
  }

  @Test
  void singletonViewOfACombineIsRead() {
    Pipeline p = Graphs.pipeline();
    PCollection<Long> numbers = p.apply("Numbers", Create.of(1L, 2L));
    PCollectionView<Long> sum = numbers.apply("Sum", Sum.longsGlobally().asSingletonView());
    numbers.apply("Reader", ParDo.of(new Fns.Same<Long>()).withSideInputs(sum));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage reading = Graphs.stage(graph, "Reader");
    Stage summing = Graphs.rootedIn(graph, Step.CombinePerKey.class).get(0);
    assertThat(summing.id(), lessThan(reading.id()));
    assertThat(reading, is(not(Graphs.stages(graph, "Numbers").get(0))));
  }

  @Test
  void oneEdgeServesAllReadersOfAStage() {
    Pipeline p = Graphs.pipeline();
    PCollectionView<Iterable<String>> view =
        p.apply("Side", Create.of("a")).apply("View", View.asIterable());
    p.apply("Main", Create.of("b"))
        .apply("Reader1", ParDo.of(new Fns.Same<String>()).withSideInputs(view))
        .apply("Reader2", ParDo.of(new Fns.Same<String>()).withSideInputs(view));

    OperatorGraph graph = PipelineTranslator.translate(p);

    List<Edge> broadcasts =
        graph.edges().stream().filter(edge -> edge.kind() == Edge.Kind.BROADCAST).toList();
    assertThat(broadcasts, hasSize(1));
  }
}
