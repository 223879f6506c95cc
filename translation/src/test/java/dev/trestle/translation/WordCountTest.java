package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

class WordCountTest {

  private static Pipeline wordCount() {
    Pipeline p = Graphs.pipeline();
    p.apply("Read", Create.of("to", "be", "or", "not", "to", "be"))
        .apply("Same", ParDo.of(new Fns.Same<>()))
        .apply("Count", Count.perElement())
        .apply("Format", MapElements.into(TypeDescriptors.strings()).via(kv -> kv.getKey()));
    return p;
  }

  @Test
  void wordCountHasTwoStagesWithAKeyedEdgeBetween() {
    OperatorGraph graph = PipelineTranslator.translate(wordCount());

    assertThat(graph.stages(), hasSize(2));
    assertThat(
        graph.stages().stream().map(Stage::distribution).toList(),
        contains(Stage.Distribution.PARALLEL, Stage.Distribution.KEYED));
    assertThat(graph.edges().stream().map(Edge::kind).toList(), contains(Edge.Kind.KEYED));
  }

  @Test
  void stepsOfAStageFollowEachOther() {
    OperatorGraph graph = PipelineTranslator.translate(wordCount());

    Stage first = graph.stages().get(0);
    assertThat(first.root().step(), instanceOf(Step.BoundedRead.class));
    for (Node node : first.nodes().subList(0, first.nodes().size() - 1)) {
      assertThat(node.outputs().get(0).consumers(), contains(node.index() + 1));
    }
  }

  @Test
  void liftedCombineSendsAccumulators() {
    OperatorGraph graph = PipelineTranslator.translate(wordCount());

    Step.CombinePerKey combine = Graphs.step(graph, Step.CombinePerKey.class);
    Step.Precombine precombine = Graphs.step(graph, Step.Precombine.class);
    assertThat(combine.lifted(), is(true));
    assertThat(
        graph.edges().get(0).collection().coder(),
        equalTo(KvCoder.of(StringUtf8Coder.of(), precombine.accumulatorCoder())));
    assertThat(combine.input(), equalTo(graph.edges().get(0).collection()));
  }

  @Test
  void boundedPipelineIsBounded() {
    assertThat(PipelineTranslator.translate(wordCount()).bounded(), is(true));
  }

  @Test
  void unboundedReadMakesThePipelineUnbounded() {
    Pipeline p = Graphs.pipeline();
    p.apply(GenerateSequence.from(0));

    OperatorGraph graph = PipelineTranslator.translate(p);

    assertThat(graph.bounded(), is(false));
    assertThat(Graphs.steps(graph, Step.UnboundedRead.class), hasSize(1));
  }

  @Test
  void translatingTwiceGivesTheSameShape() {
    Pipeline p = wordCount();

    assertThat(
        PipelineTranslator.translate(p).edges().size(),
        equalTo(PipelineTranslator.translate(p).edges().size()));
  }
}
