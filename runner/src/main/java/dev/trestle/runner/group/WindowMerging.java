package dev.trestle.runner.group;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;

/** How the windows of one key are merged, and what came for them with them. */
abstract sealed class WindowMerging permits SessionMerging, FnMerging {

  private final Reduction reduction;
  private final TimestampCombiner timestamps;

  WindowMerging(Reduction reduction, TimestampCombiner timestamps) {
    this.reduction = reduction;
    this.timestamps = timestamps;
  }

  static WindowMerging of(WindowingStrategy<?, ?> strategy, Reduction reduction) {
    WindowFn<?, ?> fn = strategy.getWindowFn();
    TimestampCombiner timestamps = strategy.getTimestampCombiner();
    return fn.getClass() == Sessions.class
        ? new SessionMerging(reduction, timestamps)
        : new FnMerging(fn, reduction, timestamps);
  }

  /**
   * The window that an element of {@code window} belongs to, when all that can merge has merged.
   */
  abstract ActiveWindow join(ActiveWindows windows, BoundedWindow window);

  /**
   * As {@link #join}, but windows may be left to be merged by {@link #settle}; for a caller that
   * does not need to know before the end which windows there are.
   */
  abstract ActiveWindow joinLoosely(ActiveWindows windows, BoundedWindow window);

  /** Merges what {@link #joinLoosely} has left. */
  abstract void settle(ActiveWindows windows);

  /** Moves what came for one window into another. The caller removes the first one. */
  final void absorb(ActiveWindow target, ActiveWindow merged) {
    Object more = merged.aggregate;
    if (more != Reduction.ABSENT) {
      if (target.aggregate == Reduction.ABSENT) {
        target.aggregate = more;
        target.time = merged.time;
      } else {
        target.aggregate = reduction.merge(target.aggregate, more, false);
        target.time = combine(target.time, merged.time);
      }
    }
    merged.aggregate = Reduction.ABSENT;
    target.count += merged.count;
    merged.mergedInto = target;
  }

  /** Of two timestamps of elements, the one that their pane takes; none matters if neither is. */
  final long combine(long one, long other) {
    return timestamps.dependsOnlyOnEarliestTimestamp()
        ? Math.min(one, other)
        : Math.max(one, other);
  }

  /** Counts in the timestamp of an element or piece that is about to be added to a window. */
  final void combineTime(ActiveWindow window, long time) {
    window.time = window.aggregate == Reduction.ABSENT ? time : combine(window.time, time);
  }
}
