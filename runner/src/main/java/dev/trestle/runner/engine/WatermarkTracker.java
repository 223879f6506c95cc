package dev.trestle.runner.engine;

import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The input watermark of a task: the minimum over its channels, in milliseconds. It never moves
 * backwards.
 *
 * <p>A channel whose writer is idle does not count, until it sends elements or a watermark again.
 * When the last one becomes idle, the watermark goes to the furthest of them: so it gets to the
 * same place whichever was the last. A channel that comes back behind the watermark counts as any
 * other: the watermark stands still until the channel has caught up, so that no more of its
 * elements are late than have to be. (Flink's {@code StatusWatermarkValve} does the former too, but
 * not the latter.) A channel that has ended neither counts nor is idle.
 */
final class WatermarkTracker {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final long[] watermarks;
  private final boolean[] idle;
  private final boolean[] ended;
  private long reached;
  private boolean allIdle;

  /**
   * A tracker.
   *
   * @param restored the watermark that had been reached in the job's earlier life
   */
  WatermarkTracker(int channels, long restored) {
    reached = restored;
    watermarks = new long[channels];
    Arrays.fill(watermarks, BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());
    idle = new boolean[channels];
    ended = new boolean[channels];
    update();
  }

  /** Says that a channel's watermark is {@code millis}; its writer is not idle. */
  void advance(int channel, long millis) {
    watermarks[channel] = Math.max(watermarks[channel], millis);
    idle[channel] = false;
    update();
  }

  /** Says that a channel's writer has nothing to send for now. */
  void markIdle(int channel) {
    idle[channel] = true;
    update();
  }

  /** Says that elements have come through a channel. */
  void markActive(int channel) {
    if (idle[channel]) {
      idle[channel] = false;
      allIdle = false;
    }
  }

  /** Says that nothing follows in a channel. */
  void end(int channel) {
    ended[channel] = true;
    update();
  }

  private void update() {
    long least = END;
    long furthest = reached;
    boolean active = false;
    boolean live = false;
    for (int i = 0; i < watermarks.length; i++) {
      if (ended[i]) {
        continue;
      }
      live = true;
      furthest = Math.max(furthest, watermarks[i]);
      if (!idle[i]) {
        active = true;
        least = Math.min(least, watermarks[i]);
      }
    }
    allIdle = live && !active;
    reached = allIdle ? furthest : Math.max(reached, least);
  }

  /** The watermark; the end of time where every channel has ended, or there is none. */
  long reached() {
    return reached;
  }

  /** Whether nothing is to be expected for now: all channels that have not ended are idle. */
  boolean isIdle() {
    return allIdle;
  }
}
