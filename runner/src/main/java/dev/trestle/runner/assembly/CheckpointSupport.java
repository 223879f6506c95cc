package dev.trestle.runner.assembly;

import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;

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
        if (step instanceof Step.ScriptedSource) {
          throw new IllegalArgumentException(
              name + ": a test stream cannot be resumed; leave out --checkpointDir");
        }
        if ((step instanceof Step.ParDo parDo && requiresStableInput(parDo.fn()))
            || (step instanceof Step.StatefulParDo stateful && requiresStableInput(stateful.fn()))
            || (step instanceof Step.ProcessSizedElements sized
                && requiresStableInput(sized.fn()))) {
          throw new IllegalArgumentException(
              name
                  + ": @RequiresStableInput does not go together with checkpoints yet; leave out"
                  + " --checkpointDir");
        }
      }
    }
  }

  private static boolean requiresStableInput(DoFnSpec spec) {
    return DoFnSignatures.signatureForDoFn(spec.template()).processElement().requiresStableInput();
  }
}
