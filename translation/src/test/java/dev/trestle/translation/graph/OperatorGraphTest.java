package dev.trestle.translation.graph;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.graph.Stage.Distribution;
import java.util.List;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;

class OperatorGraphTest {
  private static final Collection COLLECTION =
      new Collection("c", VoidCoder.of(), WindowingStrategy.globalDefault(), true);

  private static Stage source(int id, List<Integer> consumers, List<Integer> edges) {
    Node.Output output = new Node.Output("out", COLLECTION, consumers, edges);
    Step step = new Step.Impulse(new TransformName("t", "t"));
    return new Stage(
        id,
        "s",
        Distribution.SINGLE,
        List.of(new Node(0, step, List.of(output), List.of())),
        List.of());
  }

  private static void assertRefused(String why, List<Stage> stages, Edge... edges) {
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class, () -> new OperatorGraph(stages, List.of(edges)));
    assertThat(thrown.getMessage(), containsString(why));
  }

  @Test
  void stageIdIsItsPosition() {
    assertRefused("stage 1 at position 0", List.of(source(1, List.of(), List.of())));
  }

  @Test
  void edgeLeadsToALaterStage() {
    assertRefused(
        "not forward",
        List.of(source(0, List.of(), List.of(0))),
        new Edge(0, Edge.Kind.REBALANCE, 0, 0, COLLECTION));
  }

  @Test
  void keyedEdgeCarriesKvs() {
    assertRefused(
        "not KVs",
        List.of(source(0, List.of(), List.of(0)), source(1, List.of(), List.of())),
        new Edge(0, Edge.Kind.KEYED, 0, 1, COLLECTION));
  }

  @Test
  void nodeFeedsLaterNodes() {
    assertRefused("not a later one", List.of(source(0, List.of(0), List.of())));
  }

  @Test
  void edgeHasAWriter() {
    assertRefused(
        "no node writes to",
        List.of(source(0, List.of(), List.of()), source(1, List.of(), List.of())),
        new Edge(0, Edge.Kind.REBALANCE, 0, 1, COLLECTION));
  }
}
