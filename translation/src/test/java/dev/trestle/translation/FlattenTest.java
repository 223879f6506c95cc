package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.junit.jupiter.api.Test;

class FlattenTest {

  @Test
  void stepBehindAFlattenIsCopiedIntoEveryStage() {
    Pipeline p = Graphs.pipeline();
    PCollectionList.of(p.apply("A", Create.of("a")))
        .and(p.apply("B", Create.of("b")))
        .apply(Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.stages(graph, "Reader"), hasSize(2));
    assertThat(graph.edges(), hasSize(0));
  }

  @Test
  void diamondHasOneReaderThatIsFedTwice() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> source = p.apply("Source", Create.of("a"));
    PCollectionList.of(source.apply("Left", ParDo.of(new Fns.Same<>())))
        .and(source.apply("Right", ParDo.of(new Fns.Same<>())))
        .apply(Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    int reader = Graphs.node(graph, "Reader").index();
    assertThat(Graphs.nodes(Graphs.stage(graph, "Reader"), "Reader"), hasSize(1));
    assertThat(Graphs.node(graph, "Left").outputs().get(0).consumers(), contains(reader));
    assertThat(Graphs.node(graph, "Right").outputs().get(0).consumers(), contains(reader));
  }

  @Test
  void collectionFlattenedWithItselfIsReadTwice() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> source = p.apply("Source", Create.of("a"));
    PCollectionList.of(source)
        .and(source)
        .apply(Flatten.pCollections())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Node reader = Graphs.node(graph, "Reader");
    List<Integer> consumers =
        graph.stages().get(0).nodes().get(reader.index() - 1).outputs().get(0).consumers();
    assertThat(consumers, contains(reader.index(), reader.index()));
  }

  @Test
  void collectionFlattenedWithItselfCrossesAnEdgeTwice() {
    Pipeline p = Graphs.pipeline();
    PCollection<String> source = p.apply("Source", Create.of("a"));
    PCollectionList.of(source)
        .and(source)
        .apply(Flatten.pCollections())
        .apply("Shuffle", Reshuffle.viaRandomKey());

    OperatorGraph graph = PipelineTranslator.translate(p);

    // the shards are assigned before the edge, by a step that is fed twice
    assertThat(graph.edges(), hasSize(1));
    assertThat(Graphs.stages(graph, "Pair with random key"), hasSize(1));
  }

  @Test
  void flattenOfGroupedCollectionsFeedsTheGroupingByAnEdgeEach() {
    Pipeline p = Graphs.pipeline();
    PCollectionList.of(p.apply("A", Create.of("a")).apply("PairA", ParDo.of(new Fns.Pair())))
        .and(p.apply("B", Create.of("b")).apply("PairB", ParDo.of(new Fns.Pair())))
        .apply(Flatten.pCollections())
        .apply("Group", GroupByKey.create());

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage grouping = Graphs.stage(graph, "Group");
    assertThat(grouping.inputs(), hasSize(2));
    assertThat(Graphs.inputKinds(graph, grouping), containsInAnyOrder(Edge.Kind.KEYED));
  }

  @Test
  void readerSeesTheCoderOfTheFlatten() {
    Pipeline p = Graphs.pipeline();
    PCollectionList.of(p.apply("A", Create.of("a")))
        .and(p.apply("B", Create.of("b")))
        .apply(Flatten.pCollections())
        .setCoder(NullableCoder.of(StringUtf8Coder.of()))
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    for (Step.ParDo reader : Graphs.steps(graph, Step.ParDo.class)) {
      if (reader.transform().fullName().contains("Reader")) {
        assertThat(reader.input().coder(), equalTo(NullableCoder.of(StringUtf8Coder.of())));
      }
    }
  }

  @Test
  void flattenOfNothingIsAnEmptySource() {
    Pipeline p = Graphs.pipeline();
    PCollectionList.<String>empty(p)
        .apply("Nothing", Flatten.pCollections())
        .setCoder(StringUtf8Coder.of())
        .apply("Reader", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    Stage stage = Graphs.stage(graph, "Reader");
    assertThat(stage.root().step(), is(Graphs.step(graph, Step.Empty.class)));
    assertThat(stage.distribution(), is(Stage.Distribution.SINGLE));
    assertThat(stage.nodes(), hasSize(2));
  }

  @Test
  void manyFlattenedSourcesAreGatheredOnceInsteadOfCopyingTheRest() {
    Pipeline p = Graphs.pipeline();
    List<PCollection<String>> sources = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sources.add(p.apply("Source" + i, Create.of("a")));
    }
    PCollection<String> all = PCollectionList.of(sources).apply(Flatten.pCollections());
    all.apply("Reader1", ParDo.of(new Fns.Same<>()));
    all.apply("Reader2", ParDo.of(new Fns.Same<>()));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(Graphs.stage(graph, "Reader1"), is(Graphs.stage(graph, "Reader2")));
    assertThat(Graphs.rootedIn(graph, Step.Redistribute.class), hasSize(1));
    assertThat(graph.edges(), hasSize(100));
  }
}
