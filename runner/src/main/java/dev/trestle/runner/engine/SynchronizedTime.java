package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.Wakeable;
import dev.trestle.runner.operator.SynchronizedClock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * One task's {@link SynchronizedClock}. It is read at the start of a turn, before the channels are,
 * and counts once the channels have been found empty after that: whatever upstream had begun before
 * the reading, and ended, is in by then.
 *
 * <p>Thread rule: belongs to the task's owner, but for {@link #upstreamMoved}, which any thread may
 * call.
 */
final class SynchronizedTime implements SynchronizedClock {

  private final InstantSource clock;
  private final Wakeable task;

  /** Since when each task right upstream has had something to do, {@code Long.MAX_VALUE}: none. */
  private final List<LongSupplier> upstream = new ArrayList<>();

  private long current = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long takenIn = current;

  /** Whether the task sleeps until upstream moves. */
  private volatile boolean awaiting;

  SynchronizedTime(InstantSource clock, Wakeable task) {
    this.clock = clock;
    this.task = task;
  }

  /** Before the first turn: adds a task right upstream. */
  void addUpstream(LongSupplier busySince) {
    upstream.add(busySince);
  }

  /** At the start of a turn. */
  void read() {
    current = Math.max(current, unheld());
  }

  /** Says that all channels were found empty. */
  void allTakenIn() {
    takenIn = current;
  }

  private long unheld() {
    long least = clock.millis();
    for (int i = 0; i < upstream.size(); i++) {
      least = Math.min(least, upstream.get(i).getAsLong());
    }
    return least;
  }

  @Override
  public long millis() {
    return current;
  }

  @Override
  public boolean hasPassed(long millis) {
    return takenIn > millis;
  }

  @Override
  public long wakeupAfter(long millis) {
    if (hasPassed(millis)) {
      return Long.MIN_VALUE;
    }
    if (clock.millis() <= millis) {
      return millis + 1;
    }
    awaiting = true; // before the look upstream, so that no move between the two is missed
    if (unheld() > millis) {
      awaiting = false;
      return Long.MIN_VALUE;
    }
    return Long.MAX_VALUE;
  }

  /** Says that a task upstream has ended a turn. */
  void upstreamMoved() {
    if (awaiting) {
      awaiting = false;
      task.wake();
    }
  }
}
