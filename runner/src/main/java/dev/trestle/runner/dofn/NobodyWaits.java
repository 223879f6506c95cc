package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.WaitingOperator;

/** Stands for an operator that keeps nothing back. */
final class NobodyWaits implements WaitingOperator {

  @Override
  public void sideInputsChanged() {}

  @Override
  public void checkpointCommitted() {}

  @Override
  public boolean release(Slice slice) {
    return true;
  }

  @Override
  public boolean isWaiting() {
    return false;
  }

  @Override
  public long earliestWindowEnd() {
    return Long.MAX_VALUE;
  }
}
