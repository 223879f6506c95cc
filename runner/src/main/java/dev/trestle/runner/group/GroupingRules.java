package dev.trestle.runner.group;

import org.apache.beam.sdk.transforms.windowing.AfterPane;
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
 * What a windowing strategy says, apart from windows, to those operators that know one kind of
 * trigger.
 *
 * @param elementCount after how many elements a pane fires; 0 if it fires when the watermark passes
 *     the window's end, and then with every late element
 * @param lateness allowed lateness, in milliseconds
 * @param discarding whether a firing empties the pane
 * @param emptyOnTime whether the on-time pane fires even when empty
 * @param emptyClosing whether the last pane fires even when empty
 * @param timestamps how the timestamp of a pane comes from those of its elements
 */
record GroupingRules(
    long elementCount,
    long lateness,
    boolean discarding,
    boolean emptyOnTime,
    boolean emptyClosing,
    TimestampCombiner timestamps) {

  private static final long END_OF_GLOBAL_WINDOW = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  static GroupingRules of(WindowingStrategy<?, ?> strategy) {
    return new GroupingRules(
        elementCount(strategy.getTrigger()),
        strategy.getAllowedLateness().getMillis(),
        strategy.getMode() == AccumulationMode.DISCARDING_FIRED_PANES,
        strategy.getOnTimeBehavior() == OnTimeBehavior.FIRE_ALWAYS,
        strategy.getClosingBehavior() == ClosingBehavior.FIRE_ALWAYS,
        strategy.getTimestampCombiner());
  }

  /** Whether panes fire by the number of their elements, and not when the watermark passes. */
  boolean firesByCount() {
    return elementCount > 0;
  }

  /** After how many elements a trigger fires, again and again; 0 if it is not of this kind. */
  static long elementCount(Trigger trigger) {
    return trigger instanceof Repeatedly repeatedly
            && repeatedly.getRepeatedTrigger() instanceof AfterPane pane
        ? pane.getElementCount()
        : 0;
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
