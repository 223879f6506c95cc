package dev.trestle.runner.group;

import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.MergeOverlappingIntervalWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** A user's own sessions, whose gap depends on the element. */
class UnevenSessions extends WindowFn<Object, IntervalWindow> {

  private static final long serialVersionUID = 1;

  static IntervalWindow window(Instant time) {
    return new IntervalWindow(time, Duration.millis(2 + 3 * (time.getMillis() % 5)));
  }

  @Override
  public Collection<IntervalWindow> assignWindows(AssignContext context) {
    return List.of(window(context.timestamp()));
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    MergeOverlappingIntervalWindows.mergeWindows(context);
  }

  @Override
  @Deprecated
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof UnevenSessions;
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException();
  }
}
