package dev.trestle.runner.assembly;

import dev.trestle.runner.dofn.StableInputs;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;

/** What a job that takes checkpoints must not have. */
final class CheckpointSupport {

  private CheckpointSupport() {}

  /**
   * Checks a job.
   *
   * @throws IllegalArgumentException naming the first step that cannot be resumed, and the remedy
   */
  static void check(OperatorGraph graph) {
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        Step step = node.step();
        String name = step.transform().fullName();
        if (step instanceof Step.StatefulParDo stateful) {
          check(name, stateful.fn());
        }
      }
    }
  }

  private static void check(String name, DoFnSpec fn) {
    if (StableInputs.requiredByTimers(fn)) {
      throw new IllegalArgumentException(
          name
              + ": @RequiresStableInput on @OnTimer, @OnTimerFamily or @OnWindowExpiration does not go"
              + " together with checkpoints yet. Put what the timer tells out, and"
              + " @RequiresStableInput on a DoFn that takes it; or leave out --checkpointDir");
    }
  }
}
