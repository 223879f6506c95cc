package dev.trestle.runner.sideinput;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** When a window of a side input for which nothing came can be taken for empty. */
class BroadcastInputTest {

  private static final BoundedWindow WINDOW =
      new IntervalWindow(Instant.EPOCH, Duration.millis(10));

  @SuppressWarnings("unchecked")
  private static BroadcastInput input(Trigger trigger) {
    return new BroadcastInput(
        (WindowingStrategy<?, BoundedWindow>)
            (WindowingStrategy<?, ?>)
                WindowingStrategy.of(FixedWindows.of(Duration.millis(10)))
                    .withTrigger(trigger)
                    .withAllowedLateness(Duration.millis(5)));
  }

  private static void isReadyFrom(long watermark, BroadcastInput input) {
    input.advanceWatermark(watermark - 1);
    assertThat(input.isReady(WINDOW), is(false));
    input.advanceWatermark(watermark);
    assertThat(input.isReady(WINDOW), is(true));
  }

  @Test
  void defaultTriggerHasFiredAtTheWindowsEnd() {
    isReadyFrom(10, input(DefaultTrigger.of()));
  }

  @Test
  void triggersThatMayFireLateOrNotAtAllAreWaitedForUntilTheWindowExpires() {
    isReadyFrom(15, input(Never.ever()));
    isReadyFrom(15, input(Repeatedly.forever(AfterPane.elementCountAtLeast(3))));
  }

  @Test
  void atTheEndOfTimeEverythingIsReady() {
    BroadcastInput input = input(Never.ever());
    input.advanceWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    assertThat(input.isReady(WINDOW), is(true));
  }
}
