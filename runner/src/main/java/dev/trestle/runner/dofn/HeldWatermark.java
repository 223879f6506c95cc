package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Slice;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The watermark that a root is told while elements wait in front of it: it stays behind those, so
 * that the root does not take them for late ones when they come.
 */
final class HeldWatermark {

  private final InputOperator root;

  /** What has come. */
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** What the root has been told, and whether it has fired all that is due. */
  private long passedOn = watermark;

  private boolean fired = true;

  /** Up to where the root has fired everything. */
  private long firedUpTo = passedOn;

  HeldWatermark(InputOperator root) {
    this.root = root;
  }

  void advance(long newWatermark) {
    watermark = newWatermark;
  }

  /**
   * Whether the root still has to fire at the watermark that it was told; it takes no batch then.
   */
  boolean isFiring() {
    return !fired;
  }

  /**
   * Tells the root as much as it may know.
   *
   * @param earliest the least timestamp of those who wait
   * @return whether it has fired all that is due
   */
  boolean passOn(long earliest, Slice slice) {
    long least = Math.min(watermark, earliest);
    while (!fired || least > passedOn) {
      if (fired) {
        passedOn = least;
      }
      fired = root.advanceWatermark(passedOn, slice);
      if (!fired) {
        return false;
      }
      firedUpTo = passedOn;
    }
    return true;
  }

  /** Timers that the root has not been told of do not fire behind the watermark downstream. */
  long hold() {
    return firedUpTo < watermark ? firedUpTo : Long.MAX_VALUE;
  }
}
