package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SynchronizedTimeTest {

  private static final long IDLE = Long.MAX_VALUE;

  private long now = 100;
  private long upstream = IDLE;
  private int wakeups;
  private final SynchronizedTime time =
      new SynchronizedTime(() -> Instant.ofEpochMilli(now), () -> wakeups++);

  @BeforeEach
  void readsOneTask() {
    time.addUpstream(() -> upstream);
  }

  @Test
  void isProcessingTimeWhereUpstreamHasNothingToDo() {
    turn();
    assertThat(time.millis(), is(100L));
    now = 120;
    turn();
    assertThat(time.millis(), is(120L));
  }

  @Test
  void isHeldBackByWhatUpstreamHasBegun() {
    upstream = 90;
    turn();
    assertThat(time.millis(), is(90L));
    assertThat(time.hasPassed(89), is(true));
    assertThat(time.hasPassed(90), is(false));
  }

  @Test
  void doesNotGoBack() {
    turn();
    upstream = 90;
    turn();
    assertThat(time.millis(), is(100L));
  }

  @Test
  void passesOnlyWhenTheChannelsWereFoundEmptyAfterTheReading() {
    time.read();
    assertThat(time.hasPassed(99), is(false));
    time.allTakenIn();
    assertThat(time.hasPassed(99), is(true));
  }

  @Test
  void asksForATurnAtOnceWhenItHasPassedOrATurnWouldShowThatItHas() {
    turn();
    assertThat(time.wakeupAfter(99), is(Long.MIN_VALUE));
    now = 101;
    assertThat(time.wakeupAfter(100), is(Long.MIN_VALUE));
  }

  @Test
  void asksForATurnLaterWhenProcessingTimeIsNotThere() {
    turn();
    assertThat(time.wakeupAfter(100), is(101L));
  }

  @Test
  void sleepsUntilUpstreamHasMoved() {
    upstream = 100;
    now = 200;
    turn();
    assertThat(time.wakeupAfter(100), is(Long.MAX_VALUE));
    upstream = IDLE;
    time.upstreamMoved();
    assertThat(wakeups, is(1));
    time.upstreamMoved();
    assertThat(wakeups, is(1));
    turn();
    assertThat(time.hasPassed(100), is(true));
  }

  @Test
  void nobodyIsWokenWhoDoesNotWait() {
    turn();
    time.upstreamMoved();
    assertThat(wakeups, is(0));
  }

  private void turn() {
    time.read();
    time.allTakenIn();
  }
}
