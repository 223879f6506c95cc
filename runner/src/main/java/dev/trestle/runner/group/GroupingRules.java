package dev.trestle.runner.group;

import org.apache.beam.sdk.transforms.windowing.AfterWatermark.AfterWatermarkEarlyAndLate;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark.FromEndOfWindow;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.Never.NeverTrigger;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;

/**
 * What a windowing strategy with the default trigger leaves to say.
 *
 * @param lateness allowed lateness, in milliseconds
 * @param discarding whether a firing empties the pane
 * @param emptyOnTime whether the on-time pane fires even when empty
 * @param emptyClosing whether the last pane fires even when empty
 * @param timestamps how the timestamp of a pane comes from those of its elements
 */
record GroupingRules(
    long lateness,
    boolean discarding,
    boolean emptyOnTime,
    boolean emptyClosing,
    TimestampCombiner timestamps) {

  private static final long END_OF_GLOBAL_WINDOW = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  static GroupingRules of(WindowingStrategy<?, ?> strategy) {
    return new GroupingRules(
        strategy.getAllowedLateness().getMillis(),
        strategy.getMode() == AccumulationMode.DISCARDING_FIRED_PANES,
        strategy.getOnTimeBehavior() == OnTimeBehavior.FIRE_ALWAYS,
        strategy.getClosingBehavior() == ClosingBehavior.FIRE_ALWAYS,
        strategy.getTimestampCombiner());
  }

  /** The last moment, in milliseconds, at which a window that ends at {@code end} is kept. */
  long expiry(long end) {
    return END_OF_GLOBAL_WINDOW - lateness < end ? END_OF_GLOBAL_WINDOW : end + lateness;
  }

  /** As above; an element of the window is dropped when the watermark is beyond this. */
  long expiry(BoundedWindow window) {
    return expiry(window.maxTimestamp().getMillis());
  }

  /**
   * Whether the trigger fires a window when the watermark passes its end, then with every late
   * element, and never before: the default trigger and whatever cannot be told from it. {@code
   * AfterWatermark} without early firings, and {@code Never}, differ only in what they do with late
   * data.
   *
   * @param lateData whether there may be any that is not dropped
   */
  static boolean firesAtEndOfWindow(Trigger trigger, boolean lateData) {
    if (trigger instanceof DefaultTrigger) {
      return true;
    }
    if (trigger instanceof Repeatedly repeatedly) {
      return repeatedly.getRepeatedTrigger() instanceof FromEndOfWindow;
    }
    return !lateData
        && (trigger instanceof FromEndOfWindow
            || trigger instanceof NeverTrigger
            || (trigger instanceof AfterWatermarkEarlyAndLate both
                && both.getEarlyTrigger() instanceof NeverTrigger));
  }
}
