package dev.trestle.runner.group;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A window of one key into which others may still be merged, and what came for it. One that was
 * merged into another is left by all but {@link #mergedInto}.
 */
final class ActiveWindow {

  private @Nullable BoundedWindow window;

  /** First timestamp of a session, in milliseconds; of other windows it says nothing. */
  long start;

  /** The maximum timestamp, in milliseconds. */
  long end;

  @Nullable Object aggregate = Reduction.ABSENT;

  /** Combined timestamp of the elements, where panes take theirs from elements. */
  long time;

  /** How many panes have fired. */
  int firings;

  /** How many of them were not early. */
  int firingsSinceEnd;

  /** How many elements have come since the last firing. */
  long count;

  /** Whether the watermark has been seen to be beyond the end. */
  boolean ended;

  /** Whether it is among those that may fire at the end of the batch. */
  boolean queued;

  /** Whether it has ended and not fired what came before. */
  boolean held;

  /** The window that this one has become a part of. */
  @Nullable ActiveWindow mergedInto;

  ActiveWindow(BoundedWindow window) {
    this.window = window;
    end = window.maxTimestamp().getMillis();
  }

  /** A session, whose window is made when it is asked for. */
  ActiveWindow(long start, long end) {
    this.start = start;
    this.end = end;
  }

  BoundedWindow window() {
    BoundedWindow known = window;
    if (known == null) {
      known = new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end + 1));
      window = known;
    }
    return known;
  }

  /** Grows, and is a new window by that: no pane of it has fired. */
  void grow(long newStart, long newEnd) {
    start = newStart;
    end = newEnd;
    window = null;
    firings = 0;
    firingsSinceEnd = 0;
    ended = false;
    held = false;
  }

  /** The window that this one is part of by now; itself if it was not merged. */
  ActiveWindow current() {
    ActiveWindow at = this;
    while (at.mergedInto != null) {
      at = at.mergedInto;
    }
    return at;
  }
}
