package dev.trestle.translation.graph;

import java.util.List;

/**
 * Steps that run together in one task: a root, and everything that can be reached from it without
 * crossing an edge. Within a stage elements pass by reference.
 *
 * @param id position in {@link OperatorGraph#stages()}
 * @param name short, for people: the root's transform and how many more
 * @param distribution over how many tasks the stage is spread, and how
 * @param nodes in topological order; the first one is the root
 * @param inputs ids of the edges that lead to the root, side inputs excluded; empty for a source
 */
public record Stage(
    int id, String name, Distribution distribution, List<Node> nodes, List<Integer> inputs) {

  /** How the elements of a stage are spread over its tasks. */
  public enum Distribution {
    /** One task. */
    SINGLE,
    /** Any task may take any element. */
    PARALLEL,
    /** Each task owns a range of key groups. */
    KEYED
  }

  public Stage {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
  }

  public Node root() {
    return nodes.get(0);
  }
}
