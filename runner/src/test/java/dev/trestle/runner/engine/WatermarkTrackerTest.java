package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Random;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;

class WatermarkTrackerTest {

  private static final long START = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private static final long BEGIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private final WatermarkTracker tracker = new WatermarkTracker(2, BEGIN);

  @Test
  void slowestChannelCounts() {
    tracker.advance(0, 10);
    assertThat(tracker.reached(), is(START));
    tracker.advance(1, 5);
    assertThat(tracker.reached(), is(5L));
  }

  @Test
  void idleChannelDoesNotCount() {
    tracker.advance(0, 10);
    tracker.markIdle(1);
    assertThat(tracker.reached(), is(10L));
    assertThat(tracker.isIdle(), is(false));
    tracker.advance(0, 20);
    assertThat(tracker.reached(), is(20L));
  }

  @Test
  void channelThatComesBackHoldsTheWatermarkWhereItIs() {
    tracker.advance(0, 10);
    tracker.markIdle(1);
    tracker.advance(1, 3);
    assertThat(tracker.reached(), is(10L));
    tracker.advance(0, 20);
    assertThat(tracker.reached(), is(10L));
    tracker.advance(1, 15);
    assertThat(tracker.reached(), is(15L));
  }

  @Test
  void elementsEndIdlenessToo() {
    tracker.advance(0, 10);
    tracker.advance(1, 5);
    tracker.markIdle(1);
    tracker.markIdle(0);
    assertThat(tracker.isIdle(), is(true));
    tracker.markActive(1);
    assertThat(tracker.isIdle(), is(false));
    tracker.advance(0, 20);
    assertThat(tracker.reached(), is(10L));
  }

  @Test
  void orderInWhichChannelsBecomeIdleDoesNotMatter() {
    for (int first = 0; first < 2; first++) {
      WatermarkTracker each = new WatermarkTracker(2, BEGIN);
      each.advance(0, 10);
      each.advance(1, 5);
      each.markIdle(first);
      each.markIdle(1 - first);
      assertThat(each.reached(), is(10L));
      assertThat(each.isIdle(), is(true));
    }
  }

  @Test
  void idleChannelsComeToTheirEnd() {
    tracker.advance(0, 10);
    tracker.markIdle(0);
    tracker.markIdle(1);
    tracker.end(1);
    assertThat(tracker.reached(), is(10L));
    assertThat(tracker.isIdle(), is(true));
    tracker.end(0);
    assertThat(tracker.reached(), is(END));
    assertThat(tracker.isIdle(), is(false));
  }

  @Test
  void noChannelsAreAtTheirEnd() {
    assertThat(new WatermarkTracker(0, BEGIN).reached(), is(END));
    assertThat(new WatermarkTracker(0, BEGIN).isIdle(), is(false));
  }

  @Test
  void watermarkNeverMovesBackwards() {
    Random random = new Random(1);
    for (int run = 0; run < 200; run++) {
      WatermarkTracker each = new WatermarkTracker(3, BEGIN);
      long before = each.reached();
      for (int i = 0; i < 100; i++) {
        int channel = random.nextInt(3);
        switch (random.nextInt(3)) {
          case 0 -> each.markIdle(channel);
          case 1 -> each.markActive(channel);
          default -> each.advance(channel, random.nextInt(1000));
        }
        assertThat(each.reached() >= before, is(true));
        before = each.reached();
      }
      for (int channel = 0; channel < 3; channel++) {
        assertThat(each.reached() < END, is(true));
        each.end(channel);
      }
      assertThat(each.reached(), is(END));
    }
  }
}
