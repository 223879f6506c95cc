package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.Batch;

/** The root of a stage that reads an edge. */
public interface InputOperator extends Operator {

  /** Takes a batch, within a bundle. The batch may be kept: nobody else has it. */
  void accept(Batch batch);

  /**
   * Says that the input's watermark has reached {@code watermark}, and fires what has become due,
   * within a bundle. Called again with the same value, in a later bundle, until it returns true; no
   * batch comes in between.
   *
   * @param watermark milliseconds, never less than before
   * @return whether everything due has fired; false when the slice was used up first
   */
  boolean advanceWatermark(long watermark, Slice slice);

  /**
   * Does what is pending apart from input and watermark: processing-time timers that are due,
   * residuals of splittable DoFns, elements that waited for a side input. Within a bundle.
   */
  Progress advance(Slice slice);

  /**
   * When {@link #advance} should be called next, in milliseconds of processing time: {@code
   * Long.MIN_VALUE} for at once, {@code Long.MAX_VALUE} for not before more input.
   */
  long nextWakeup();
}
