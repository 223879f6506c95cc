package dev.trestle.translation.graph;

import java.util.List;

/**
 * A step within a stage. A step that is reachable from several roots has a node in each of their
 * stages.
 *
 * @param index position in {@link Stage#nodes()}
 * @param outputs in the order of the step's output tags
 * @param sideInputs what the step reads besides its main input
 */
public record Node(int index, Step step, List<Output> outputs, List<SideInput> sideInputs) {

  public Node {
    outputs = List.copyOf(outputs);
    sideInputs = List.copyOf(sideInputs);
  }

  /**
   * One output of a node and everybody who reads it. A reader that reads twice (a flatten of a
   * collection with itself) is listed twice.
   *
   * @param tag local name of the output in the pipeline proto; for a ParDo the id of its {@code
   *     TupleTag}
   * @param consumers indices of nodes of the same stage
   * @param edges ids of edges that lead to other stages
   */
  public record Output(
      String tag, Collection collection, List<Integer> consumers, List<Integer> edges) {
    public Output {
      consumers = List.copyOf(consumers);
      edges = List.copyOf(edges);
    }
  }

  /**
   * A side input of a node.
   *
   * @param tag local name of the side input: the id of the view's {@code TupleTag}
   * @param edge the broadcast edge that delivers it
   */
  public record SideInput(String tag, int edge) {}
}
