package dev.trestle.translation.graph;

import com.google.errorprone.annotations.FormatMethod;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.coders.KvCoder;

/** What every operator graph promises; checked once, in time linear in the size of the graph. */
final class GraphInvariants {
  private final List<Stage> stages;
  private final List<Edge> edges;
  private final Set<Integer> written = new HashSet<>();

  private GraphInvariants(List<Stage> stages, List<Edge> edges) {
    this.stages = stages;
    this.edges = edges;
  }

  static void check(List<Stage> stages, List<Edge> edges) {
    new GraphInvariants(stages, edges).check();
  }

  private void check() {
    for (int i = 0; i < edges.size(); i++) {
      checkEdge(edges.get(i), i);
    }
    for (int i = 0; i < stages.size(); i++) {
      checkStage(stages.get(i), i);
    }
    require(written.size() == edges.size(), "an edge that no node writes to");
  }

  private void checkEdge(Edge edge, int position) {
    require(edge.id() == position, "edge %s at position %s", edge.id(), position);
    require(
        0 <= edge.from() && edge.from() < edge.to() && edge.to() < stages.size(),
        "edge %s leads from stage %s to stage %s, not forward",
        position,
        edge.from(),
        edge.to());
    require(
        edge.kind() != Edge.Kind.KEYED || edge.collection().coder() instanceof KvCoder,
        "keyed edge %s carries %s, not KVs",
        position,
        edge.collection().coder());
  }

  private void checkStage(Stage stage, int position) {
    require(stage.id() == position, "stage %s at position %s", stage.id(), position);
    require(!stage.nodes().isEmpty(), "stage %s is empty", position);
    for (int id : stage.inputs()) {
      Edge edge = edges.get(id);
      require(
          edge.to() == position && edge.kind() != Edge.Kind.BROADCAST,
          "edge %s is not an input of stage %s",
          id,
          position);
    }
    for (int i = 0; i < stage.nodes().size(); i++) {
      checkNode(stage, stage.nodes().get(i), i);
    }
  }

  private void checkNode(Stage stage, Node node, int position) {
    require(node.index() == position, "node %s at position %s", node.index(), position);
    for (Node.Output output : node.outputs()) {
      for (int consumer : output.consumers()) {
        require(
            position < consumer && consumer < stage.nodes().size(),
            "node %s of stage %s feeds node %s, not a later one",
            position,
            stage.id(),
            consumer);
      }
      for (int id : output.edges()) {
        require(
            edges.get(id).from() == stage.id(),
            "stage %s writes to edge %s of another stage",
            stage.id(),
            id);
        written.add(id);
      }
    }
    for (Node.SideInput side : node.sideInputs()) {
      Edge edge = edges.get(side.edge());
      require(
          edge.to() == stage.id() && edge.kind() == Edge.Kind.BROADCAST,
          "edge %s brings no side input to stage %s",
          edge.id(),
          stage.id());
    }
  }

  @FormatMethod
  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Not an operator graph: " + String.format(message, arguments));
    }
  }
}
