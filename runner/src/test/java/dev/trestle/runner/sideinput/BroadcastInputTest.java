package dev.trestle.runner.sideinput;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** When a window for which nothing came can be taken for empty; when contents are dropped. */
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

  private static BroadcastInput readFor(long millis) {
    BroadcastInput input = input(Never.ever());
    input.retain(millis);
    return input;
  }

  private static ViewPane pane(BoundedWindow window) {
    return new ViewPane(window, new ViewContents(List.of("content"), StringUtf8Coder.of()));
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

  @Test
  void contentsAreKeptAsLongAsTheyMayBeRead() {
    BroadcastInput input = readFor(7);
    input.accept(pane(WINDOW));
    input.advanceMainWatermark(9 + 7);
    assertThat(input.contents(WINDOW), notNullValue());
    input.advanceMainWatermark(9 + 7 + 1);
    assertThat(input.contents(WINDOW), nullValue());
    assertThat(input.size(), is(0));
  }

  @Test
  void readerThatLooksBackFurthestDecides() {
    BroadcastInput input = readFor(7);
    input.retain(20);
    input.retain(3);
    input.accept(pane(WINDOW));
    input.advanceMainWatermark(9 + 20);
    assertThat(input.contents(WINDOW), notNullValue());
    input.advanceMainWatermark(9 + 20 + 1);
    assertThat(input.contents(WINDOW), nullValue());
  }

  @Test
  void windowsGoOneByOne() {
    BroadcastInput input = readFor(0);
    for (int i = 9; i >= 0; i--) {
      input.accept(pane(new IntervalWindow(Instant.ofEpochMilli(10L * i), Duration.millis(10))));
    }
    for (int i = 0; i <= 10; i++) {
      input.advanceMainWatermark(10L * i);
      assertThat(input.size(), is(10 - i));
    }
  }

  @Test
  void whatIsReadForEverIsKept() {
    for (long millis : new long[] {BroadcastInput.FOR_EVER, Long.MAX_VALUE / 1000}) {
      BroadcastInput input = readFor(millis);
      input.accept(pane(WINDOW));
      input.advanceMainWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
      assertThat(input.contents(WINDOW), notNullValue());
    }
  }

  @Test
  void globalWindowIsKept() {
    BroadcastInput input = readFor(0);
    input.accept(pane(GlobalWindow.INSTANCE));
    input.advanceMainWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    assertThat(input.contents(GlobalWindow.INSTANCE), notNullValue());
  }

  @Test
  void lateArrivalForADroppedWindowIsNotKept() {
    BroadcastInput input = readFor(0);
    input.advanceMainWatermark(10);
    int version = input.version();
    input.accept(pane(WINDOW));
    assertThat(input.size(), is(0));
    assertThat(input.version(), is(version));
  }

  @Test
  void nobodyWaitsForADroppedWindow() {
    BroadcastInput input = readFor(0);
    input.advanceMainWatermark(9);
    assertThat(input.isReady(WINDOW), is(false));
    input.advanceMainWatermark(10);
    assertThat(input.isReady(WINDOW), is(true));
  }

  @Test
  void mainWatermarkDoesNotGoBack() {
    BroadcastInput input = readFor(0);
    input.advanceMainWatermark(10);
    input.advanceMainWatermark(0);
    assertThat(input.isDropped(WINDOW), is(true));
  }
}
