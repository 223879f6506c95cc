package dev.trestle.runner.operator;

/** An operator to which one element is like another, whatever came before and in which bundle. */
public abstract class StatelessOperator extends ImmediateOperator {

  @Override
  public void open(OperatorContext context) {}

  @Override
  public final void startBundle() {}

  @Override
  public final void finishBundle() {}

  @Override
  public final void close() {}
}
