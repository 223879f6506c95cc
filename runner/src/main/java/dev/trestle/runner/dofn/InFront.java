package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Operator;

/** What stands in front of an operator and decides when elements reach it. */
abstract class InFront<O extends Operator> implements Operator {

  final O gated;

  /**
   * In front of an operator.
   *
   * @param gated owned from here on
   */
  InFront(O gated) {
    this.gated = gated;
  }

  @Override
  public final void startBundle() {
    gated.startBundle();
  }

  @Override
  public final void finishBundle() {
    gated.finishBundle();
  }

  @Override
  public final void flush() {
    gated.flush();
  }
}
