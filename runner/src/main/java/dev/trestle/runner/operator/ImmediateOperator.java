package dev.trestle.runner.operator;

/**
 * An operator that keeps nothing back: what an element causes has been handed on when the call that
 * brought the element returns.
 */
public abstract class ImmediateOperator implements Operator {

  @Override
  public final void flush() {}

  @Override
  public final long hold() {
    return Long.MAX_VALUE;
  }
}
