package dev.trestle.runner.recovery;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.MergeOverlappingIntervalWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.joda.time.Duration;

/** Sessions of a user's making: the gap is longer every now and then. */
final class OwnSessions extends WindowFn<Object, IntervalWindow> {

  @Override
  public List<IntervalWindow> assignWindows(AssignContext context) {
    long gap = 2 + 3 * (context.timestamp().getMillis() / 7 % 4);
    return List.of(new IntervalWindow(context.timestamp(), Duration.millis(gap)));
  }

  @Override
  public void mergeWindows(MergeContext context) throws Exception {
    MergeOverlappingIntervalWindows.mergeWindows(context);
  }

  @Override
  @Deprecated
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof OwnSessions;
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException("Nobody reads side inputs in these windows");
  }
}
