package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.sideinput.ReadView;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Step;
import java.util.List;

/** Makes the operators of one stage, for each of its tasks anew. */
public interface StageFactory {

  /**
   * The operator of a node.
   *
   * @param outputs who takes what the node hands on, in the order of its outputs
   */
  Operator create(Node node, List<Receiver> outputs);

  /** How a task of the stage reads a side input of one of its harness steps. */
  default ReadView view(Step.Harness step, HarnessSpec.SideInput sideInput, int taskIndex) {
    return ReadView.of(sideInput);
  }
}
