package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.translation.graph.Step;
import org.jspecify.annotations.Nullable;

/** Makes operators for steps, one for each task of the step's stage. */
public interface OperatorFactory {

  /**
   * An operator. It also implements {@link InputOperator} where the step is a root behind an edge,
   * and {@link SideInputReader} where it has side inputs.
   *
   * @param input the format of the edge that a root reads; null for any other step
   * @param outputs where its outputs go, in the order of the step's output tags
   * @throws IllegalArgumentException for a step that the factory does not know
   */
  Operator create(Step step, @Nullable EdgeFormat input, Receiver[] outputs);
}
