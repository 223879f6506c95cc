package dev.trestle.runner.window;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.StatelessOperator;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Assigns fixed windows. Nothing is allocated as long as elements stay in the last window. */
final class AssignFixedWindows extends StatelessOperator {

  private final FixedWindows windowFn;
  private final Receiver output;
  private final long firstRegularMillis;

  private @Nullable IntervalWindow last;
  private long lastStart;
  private long lastEnd;

  AssignFixedWindows(FixedWindows windowFn, Receiver output) {
    this.windowFn = windowFn;
    this.output = output;
    firstRegularMillis = windowFn.getOffset().getMillis() - windowFn.getSize().getMillis();
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    long millis = timestamp.getMillis();
    IntervalWindow window = last;
    if (window == null || millis < lastStart || millis >= lastEnd) {
      window = assign(timestamp, millis);
    }
    output.accept(value, timestamp, window, pane, metadata);
  }

  private IntervalWindow assign(Instant timestamp, long millis) {
    IntervalWindow window = windowFn.assignWindow(timestamp);
    // Long before 1970 Beam's arithmetic rounds the other way, and windows are irregular.
    if (millis >= firstRegularMillis) {
      last = window;
      lastStart = window.start().getMillis();
      lastEnd = window.end().getMillis();
    }
    return window;
  }
}
