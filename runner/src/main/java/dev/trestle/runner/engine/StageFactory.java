package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Node;
import java.util.List;

/** Makes the operators of one stage, for each of its tasks anew. */
public interface StageFactory {

  /**
   * The operator of a node.
   *
   * @param outputs who takes what the node hands on, in the order of its outputs
   */
  Operator create(Node node, List<Receiver> outputs);
}
