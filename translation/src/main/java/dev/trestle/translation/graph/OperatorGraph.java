package dev.trestle.translation.graph;

import java.util.List;

/**
 * A validated pipeline, cut into stages.
 *
 * @param stages in topological order: every edge leads from a stage to a later one; {@code
 *     stages.get(i).id() == i}
 * @param edges the channels between stages; {@code edges.get(i).id() == i}
 */
public record OperatorGraph(List<Stage> stages, List<Edge> edges) {

  /**
   * Checks that ids, edges and nodes fit together.
   *
   * @throws IllegalArgumentException if they do not
   */
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
