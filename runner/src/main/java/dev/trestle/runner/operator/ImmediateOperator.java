package dev.trestle.runner.operator;

import java.io.IOException;

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

  /** Keeps nothing from bundle to bundle, unless a subclass says otherwise. */
  @Override
  public void snapshot(SnapshotWriter out) throws IOException {}
}
