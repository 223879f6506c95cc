package dev.trestle.runner.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The streams through which a worker logs. Any thread may call. */
final class LogStreams {

  @GuardedBy("this")
  private int open;

  synchronized void begun() {
    open++;
  }

  synchronized void ended() {
    open--;
    notifyAll();
  }

  /**
   * Waits until all have ended.
   *
   * @param patience for how long at most
   */
  synchronized void awaitEnd(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long left = patience.toNanos();
        open > 0 && left > 0;
        left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
