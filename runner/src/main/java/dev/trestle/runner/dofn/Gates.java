package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Operator;
import dev.trestle.translation.graph.Collection;
import java.util.function.LongSupplier;

/**
 * Puts gates in front of operators that read side inputs or require stable input. An operator
 * behind a gate is also a {@link dev.trestle.runner.operator.WaitingOperator}.
 */
public final class Gates {

  private final boolean waitsForCommits;

  /**
   * A maker of gates.
   *
   * @param waitsForCommits whether the job takes checkpoints, by which elements become stable
   */
  public Gates(boolean waitsForCommits) {
    this.waitsForCommits = waitsForCommits;
  }

  /**
   * An operator within a stage, behind the gates that it needs.
   *
   * @param input its elements
   */
  public Operator before(
      Operator operator, Collection input, boolean readsSideInputs, boolean requiresStableInput) {
    Operator ready = readsSideInputs ? new SideInputGate(operator, input) : operator;
    return waitsForCommits && requiresStableInput ? new StableInputGate(ready, input) : ready;
  }

  /**
   * The root of a stage, behind the gates that it needs.
   *
   * @param format of the batches that it reads
   * @param input its elements
   * @param earliestWindowEnd what it answers to {@link
   *     dev.trestle.runner.operator.WaitingOperator#earliestWindowEnd}
   */
  public InputOperator beforeRoot(
      InputOperator operator,
      EdgeFormat format,
      Collection input,
      boolean readsSideInputs,
      boolean requiresStableInput,
      LongSupplier earliestWindowEnd) {
    InputOperator ready =
        readsSideInputs
            ? new SideInputBatchGate(operator, format, input, earliestWindowEnd)
            : operator;
    return waitsForCommits && requiresStableInput
        ? new StableInputBatchGate(ready, format, input)
        : ready;
  }
}
