package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Step;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the operators of this package, each behind a gate where it reads side inputs or requires
 * stable input.
 */
public final class DoFnOperators {

  private final Gates gates;

  public DoFnOperators(Gates gates) {
    this.gates = gates;
  }

  /**
   * An operator. It is also an {@link InputOperator} where the step is a root behind an edge, and a
   * {@link dev.trestle.runner.operator.WaitingOperator} where elements may have to wait.
   *
   * @param input the format of the edge that a root reads; null for any other step
   * @param outputs where its outputs go, in the order of the step's output tags
   * @throws IllegalArgumentException for a step that does not call a DoFn
   */
  public Operator create(Step step, @Nullable EdgeFormat input, Receiver[] outputs) {
    if (step instanceof Step.ParDo parDo) {
      return gated(new ParDoOperator(parDo, outputs), parDo.fn(), parDo.input());
    }
    if (step instanceof Step.PairWithRestriction pair) {
      Operator operator = new PairWithRestrictionOperator(pair, outputs);
      return behindSideInputs(operator, pair.fn(), pair.input());
    }
    if (step instanceof Step.SplitAndSizeRestrictions split) {
      Operator operator = new SplitAndSizeRestrictionsOperator(split, outputs);
      return behindSideInputs(operator, split.fn(), split.input());
    }
    if (input != null && step instanceof Step.StatefulParDo stateful) {
      return gated(
          new StatefulParDoOperator(stateful, input, outputs),
          stateful.fn(),
          stateful.input(),
          input,
          () -> Long.MAX_VALUE);
    }
    if (input != null && step instanceof Step.ProcessSizedElements process) {
      ProcessSizedElementsOperator operator =
          new ProcessSizedElementsOperator(process, input, outputs);
      return gated(operator, process.fn(), process.input(), input, operator::earliestWindowEnd);
    }
    throw new IllegalArgumentException("No operator for " + step);
  }

  private Operator gated(Operator operator, DoFnSpec fn, Collection input) {
    return gates.before(operator, input, !fn.views().isEmpty(), StableInputs.required(fn));
  }

  /**
   * What prepares restrictions needs no stable input: they have to be stable when they are
   * processed.
   */
  private Operator behindSideInputs(Operator operator, DoFnSpec fn, Collection input) {
    return gates.before(operator, input, !fn.views().isEmpty(), false);
  }

  private Operator gated(
      InputOperator operator,
      DoFnSpec fn,
      Collection input,
      EdgeFormat format,
      LongSupplier earliestWindowEnd) {
    return gates.beforeRoot(
        operator,
        format,
        input,
        !fn.views().isEmpty(),
        StableInputs.required(fn),
        earliestWindowEnd);
  }
}
