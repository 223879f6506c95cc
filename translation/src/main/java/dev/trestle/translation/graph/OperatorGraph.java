package dev.trestle.translation.graph;

import java.util.List;

/**
 * A validated pipeline, cut into stages.
 *
 * @param stages in topological order: every edge leads from a stage to a later one; {@code
 *     stages.get(i).id() == i}
 * @param edges the channels between stages; {@code edges.get(i).id() == i}
 * @throws IllegalArgumentException if ids, edges and nodes do not fit together
 */
public record OperatorGraph(List<Stage> stages, List<Edge> edges) {

  public OperatorGraph {
    stages = List.copyOf(stages);
    edges = List.copyOf(edges);
    GraphInvariants.check(stages, edges);
  }

  /** Whether every collection is bounded, so that the job ends by itself. */
  public boolean bounded() {
    return stages.stream()
        .flatMap(stage -> stage.nodes().stream())
        .flatMap(node -> node.outputs().stream())
        .allMatch(output -> output.collection().bounded());
  }
}
