package dev.trestle.runner.window;

import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;

/** What an operator says that needs no preparation and keeps nothing back. */
abstract class StatelessOperator implements Operator {

  @Override
  public final void open(OperatorContext context) {}

  @Override
  public final void startBundle() {}

  @Override
  public final void finishBundle() {}

  @Override
  public final void flush() {}

  @Override
  public final long hold() {
    return Long.MAX_VALUE;
  }

  @Override
  public final void close() {}
}
