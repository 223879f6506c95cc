package dev.trestle.runner.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Calls of one kind between a worker and its server that have not ended. Any thread may call. */
final class OpenCalls {

  @GuardedBy("this")
  private int open;

  @GuardedBy("this")
  private boolean givenUp;

  synchronized void begun() {
    open++;
  }

  synchronized void ended() {
    open--;
    notifyAll();
  }

  /** Nobody need wait any more: the worker is gone. */
  synchronized void giveUp() {
    givenUp = true;
    notifyAll();
  }

  /**
   * Waits until all have ended, or are given up.
   *
   * @param patience for how long at most
   */
  synchronized void awaitEnd(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long left = patience.toNanos();
        open > 0 && !givenUp && left > 0;
        left = deadline - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
