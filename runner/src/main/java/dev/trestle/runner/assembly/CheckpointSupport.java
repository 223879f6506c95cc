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
        if (step instanceof Step.ParDo parDo) {
          check(name, parDo.fn(), false);
        } else if (step instanceof Step.StatefulParDo stateful) {
          check(name, stateful.fn(), false);
        } else if (step instanceof Step.ProcessSizedElements sized) {
          check(name, sized.fn(), true);
        }
      }
    }
  }

  private static void check(String name, DoFnSpec fn, boolean splittable) {
    if (StableInputs.requiredByTimers(fn)) {
      throw new IllegalArgumentException(
          name
              + ": @RequiresStableInput on a timer does not go together with checkpoints yet; leave"
              + " out --checkpointDir");
    }
    if (StableInputs.required(fn) && (splittable || !fn.views().isEmpty())) {
      throw new IllegalArgumentException(
          name
              + ": @RequiresStableInput on a splittable DoFn, or beside side inputs, does not go"
              + " together with checkpoints yet; put it on a DoFn of its own");
    }
  }
}
