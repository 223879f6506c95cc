package dev.trestle.runner.engine;

import java.util.Arrays;

/**
 * Aligns the barriers of a checkpoint over the inputs of a task. An input whose barrier has come is
 * blocked until the barriers of all others have, so that the task's state at that moment is the
 * effect of exactly what came before the barriers (Chandy and Lamport 1985; aligned as in Carbone
 * et al. 2015). An input that has ended counts as one whose barrier has come. Belongs to the task's
 * owner.
 */
final class BarrierAligner {

  private static final long NONE = Long.MIN_VALUE;

  private final boolean[] blocked;
  private final boolean[] ended;
  private long aligning = NONE;

  /** The last barrier that has come or was asked for. */
  private long last = NONE;

  BarrierAligner(int inputs) {
    blocked = new boolean[inputs];
    ended = new boolean[inputs];
  }

  /** Whether nothing may be read from an input for now. */
  boolean isBlocked(int input) {
    return blocked[input];
  }

  /** Whether inputs are blocked until the barriers of others come. */
  boolean isAligning() {
    return aligning != NONE;
  }

  /** Says that a barrier has come through an input. */
  void arrive(int input, long barrier) {
    if (aligning != NONE && aligning != barrier) {
      throw new IllegalStateException(
          "Barrier " + barrier + " overtakes barrier " + aligning + ", which is not yet aligned");
    }
    begin(barrier);
    blocked[input] = true;
  }

  /**
   * Says that a barrier has been asked for at a task whose inputs have all ended, through which it
   * cannot come.
   */
  void arriveByRequest(long barrier) {
    if (aligning == NONE) {
      begin(barrier);
    }
  }

  private void begin(long barrier) {
    aligning = barrier;
    last = barrier;
  }

  /** Whether a barrier has come through no input yet, nor been asked for here. */
  boolean isAhead(long barrier) {
    return barrier > last;
  }

  /** Whether nothing comes through any input. */
  boolean allEnded() {
    for (boolean each : ended) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  /** Says that an input has ended. */
  void end(int input) {
    ended[input] = true;
  }

  /** Whether a barrier has come through every input. */
  boolean isAligned() {
    if (!isAligning()) {
      return false;
    }
    for (int i = 0; i < blocked.length; i++) {
      if (!blocked[i] && !ended[i]) {
        return false;
      }
    }
    return true;
  }

  /** Lets all inputs go on; returns the barrier that was aligned. */
  long release() {
    long barrier = aligning;
    aligning = NONE;
    Arrays.fill(blocked, false);
    return barrier;
  }
}
