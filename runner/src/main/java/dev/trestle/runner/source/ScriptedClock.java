package dev.trestle.runner.source;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Processing time that moves only when a test stream says so. Any thread may ask. */
public final class ScriptedClock implements InstantSource {

  private final AtomicLong millis = new AtomicLong();

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis.get());
  }

  @Override
  public long millis() {
    return millis.get();
  }

  /** Moves on. */
  public void advance(long byMillis) {
    millis.addAndGet(byMillis);
  }
}
