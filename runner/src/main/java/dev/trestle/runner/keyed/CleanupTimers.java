package dev.trestle.runner.keyed;

import dev.trestle.state.ByteKey;
import org.apache.beam.runners.core.StatefulDoFnRunner.TimeInternalsCleanupTimer;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The timers that clear a key's state in a window when the window has expired, after a last call of
 * {@code @OnWindowExpiration}. Setting one is a look-up in the timer tables, so a direct-mapped
 * cache remembers for which keys and windows it has been done lately. An entry never becomes wrong:
 * once a timer has fired, its window admits no more elements.
 */
public final class CleanupTimers {

  /** Known to keyed contexts too: such a timer holds the watermark in its own way. */
  private static final String ID = TimeInternalsCleanupTimer.GC_TIMER_ID;

  /** A power of two. */
  private static final int SIZE = 1024;

  private final TimerInternals timers;
  private final boolean tellsExpiration;
  private final @Nullable Object[] keys = new @Nullable Object[SIZE];
  private final @Nullable BoundedWindow[] windows = new @Nullable BoundedWindow[SIZE];

  /**
   * Cleanup.
   *
   * @param tellsExpiration whether something is to be output when a window expires, which happens
   *     at the end of time too
   */
  public CleanupTimers(TimerInternals timers, boolean tellsExpiration) {
    this.timers = timers;
    this.tellsExpiration = tellsExpiration;
  }

  /**
   * Sees to it that the current key has its timer in a window.
   *
   * @param tableKey the current key as the batch gave it
   */
  public void ensure(Object tableKey, int keyHash, WindowScope scope) {
    if (!tellsExpiration && !scope.expiry().isBefore(GlobalWindow.INSTANCE.maxTimestamp())) {
      return; // the state lives as long as the job
    }
    int hash = keyHash * 31 + scope.window().hashCode();
    int slot = (hash ^ hash >>> 10 ^ hash >>> 20) & (SIZE - 1);
    if (scope.window().equals(windows[slot]) && tableKey.equals(keys[slot])) {
      return;
    }
    set(scope);
    keys[slot] = tableKey instanceof ByteKey probe ? probe.copy() : tableKey;
    windows[slot] = scope.window();
  }

  private void set(WindowScope scope) {
    timers.setTimer(
        scope.namespace(),
        ID,
        "",
        fireTime(scope),
        tellsExpiration ? scope.window().maxTimestamp() : KeyedContext.NO_OUTPUT_TIMESTAMP,
        TimeDomain.EVENT_TIME);
  }

  /** After any timer of the user's at the window's end. */
  private static Instant fireTime(WindowScope scope) {
    return scope.expiry().plus(Duration.millis(1));
  }

  /** Whether a timer is one of these. */
  public static boolean isCleanup(TimerData timer) {
    return timer.getTimerId().equals(ID) && timer.getDomain() == TimeDomain.EVENT_TIME;
  }
}
