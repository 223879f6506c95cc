package dev.trestle.runner.operator;

/**
 * Synchronized processing time as one task sees it: processing time, held back by what the tasks
 * right upstream have begun to do and not yet handed on (Akidau et al. 2015 call for it so that a
 * grouping behind another's processing-time trigger takes up one firing as a whole). Belongs to the
 * task's owner.
 */
public interface SynchronizedClock {

  /** Milliseconds, never less than before; the same throughout a turn. */
  long millis();

  /**
   * Whether it was later than {@code millis}, and all that had been begun upstream by then has been
   * taken in: a timer set for {@code millis} may fire.
   */
  boolean hasPassed(long millis);

  /**
   * When the task should have a turn so that {@link #hasPassed} may become true, in milliseconds of
   * processing time: {@code Long.MIN_VALUE} for at once, {@code Long.MAX_VALUE} where upstream has
   * to move first; it gives the task that turn.
   */
  long wakeupAfter(long millis);
}
