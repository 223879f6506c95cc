package dev.trestle.runner.source;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Processing time that moves only when a test stream says so, and with the wall clock once the
 * script has ended. Any thread may ask.
 */
public final class ScriptedClock implements InstantSource {

  private static final long MOST = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final AtomicLong millis = new AtomicLong();

  /** Wall time at which the script ended; 0 while it goes on. */
  private volatile long released;

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public long millis() {
    long since = released;
    long scripted = millis.get();
    return since == 0 ? scripted : Math.min(MOST, scripted + System.currentTimeMillis() - since);
  }

  /** Moves on. */
  public void advance(long byMillis) {
    millis.accumulateAndGet(byMillis, (now, by) -> by > MOST - now ? MOST : now + by);
  }

  /** Lets time go by from now on. */
  public void release() {
    released = System.currentTimeMillis();
  }

  /**
   * How far a clock is ahead of the wall clock, in milliseconds, where a script drives it: those
   * who do not see the script, as workers do not, go by the latter. 0 for any other clock.
   */
  public static long aheadOfWallTime(InstantSource clock) {
    return clock instanceof ScriptedClock ? clock.millis() - System.currentTimeMillis() : 0;
  }
}
