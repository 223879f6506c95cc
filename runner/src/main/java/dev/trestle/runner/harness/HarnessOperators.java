package dev.trestle.runner.harness;

import dev.trestle.runner.dofn.Gates;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Step;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes a stage's operators of this package, each behind the gates that it needs. */
public final class HarnessOperators {

  private final Gates gates;
  private final SdkWorkers workers;
  private final BundleSize size;
  private final Places places;

  /**
   * For one stage.
   *
   * @param tasks of the job's stages, at least 1
   */
  public HarnessOperators(Gates gates, SdkWorkers workers, BundleSize size, int tasks) {
    this.gates = gates;
    this.workers = workers;
    this.size = size;
    places = new Places(tasks);
  }

  /**
   * An operator that has a step's transforms run.
   *
   * @param outputs the node's
   * @param input the format of the edge that a root reads; null for any other step
   * @param receivers who takes the outputs, in their order
   */
  public Operator create(
      Step.Harness step,
      List<Node.Output> outputs,
      @Nullable EdgeFormat input,
      List<Receiver> receivers) {
    HarnessSpec spec = step.spec();
    HarnessStep what = new HarnessStep(step, outputs, receivers, size, workers);
    if (input != null && spec.stateful()) {
      return beforeRoot(new KeyedHarnessOperator(what, input), what, input, () -> Long.MAX_VALUE);
    }
    if (input != null && spec.restrictions() != null) {
      RestrictionsHarnessOperator operator = new RestrictionsHarnessOperator(what, input, places);
      return beforeRoot(operator, what, input, operator::earliestWindowEnd);
    }
    return gates.before(
        new HarnessOperator(what),
        step.input(),
        !spec.sideInputs().isEmpty(),
        spec.requiresStableInput());
  }

  private Operator beforeRoot(
      InputOperator operator, HarnessStep step, EdgeFormat input, LongSupplier earliestWindowEnd) {
    return gates.beforeRoot(
        operator,
        input,
        step.input(),
        !step.spec().sideInputs().isEmpty(),
        step.spec().requiresStableInput(),
        earliestWindowEnd);
  }
}
