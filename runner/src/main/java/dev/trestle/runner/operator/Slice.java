package dev.trestle.runner.operator;

/**
 * The share of a turn that an operator may use: so many elements, so much time. Reading the clock
 * for every element would cost more than many DoFns, so it is read once in 64.
 */
public final class Slice {

  private static final int CLOCK_MASK = 63;

  private int left;
  private long deadline;
  private boolean late;

  /** Starts anew: at most {@code elements}, until {@code deadlineNanos} of {@code nanoTime}. */
  public void restart(int elements, long deadlineNanos) {
    left = elements;
    deadline = deadlineNanos;
    late = false;
  }

  /** Counts one element, or one firing, as done. */
  public void spend() {
    if ((--left & CLOCK_MASK) == 0) {
      late = System.nanoTime() - deadline >= 0;
    }
  }

  /** Counts many at once. */
  public void spend(int elements) {
    left -= elements;
    late = System.nanoTime() - deadline >= 0;
  }

  /** How many elements are left of it; not above 0 if none is. */
  public int left() {
    return left;
  }

  /** Whether to return soon. */
  public boolean isUsedUp() {
    return left <= 0 || late;
  }
}
