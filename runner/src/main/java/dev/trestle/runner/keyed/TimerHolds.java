package dev.trestle.runner.keyed;

import org.apache.beam.runners.core.StatefulDoFnRunner.TimeInternalsCleanupTimer;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Where a pending timer holds the output watermark: what it will output, at its output timestamp,
 * must not become late.
 *
 * <ul>
 *   <li>An event-time timer holds at its output timestamp, where that is before its own time.
 *       Otherwise there is nothing to hold: the watermark does not pass a timer's time before the
 *       timer has fired. That leaves out the end-of-window and clean-up timers of {@code
 *       ReduceFnRunner}, which places its holds itself, and saves a hold for most timers.
 *   <li>A processing-time timer holds at its output timestamp, that of the element that set it
 *       unless the user says otherwise. Not so one without an id of its own: such are set by {@code
 *       ReduceFnRunner} and for splittable DoFns, with a processing time in the place of the output
 *       timestamp, beside holds in state.
 *   <li>The timer that clears a window's state, and may call {@code @OnWindowExpiration}, has the
 *       end of the window as output timestamp and must not keep the watermark there as long as
 *       elements may be late. It holds right before its own time, when the window expires: what is
 *       output then is late at most, and nobody downstream drops it.
 *   <li>A timer "without output timestamp" has one beyond the end of time, and holds nothing.
 * </ul>
 */
final class TimerHolds {

  /** Says that a timer does not hold. */
  static final long NONE = Long.MAX_VALUE;

  private static final long END_OF_TIME = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private TimerHolds() {}

  /** Milliseconds at which a timer holds the output watermark, or {@link #NONE}. */
  static long of(TimerData timer) {
    long output = timer.getOutputTimestamp().getMillis();
    if (isCleanup(timer)) {
      return output <= END_OF_TIME ? timer.getTimestamp().getMillis() - 1 : NONE;
    }
    boolean holds =
        timer.getDomain() == TimeDomain.EVENT_TIME
            ? output < timer.getTimestamp().getMillis()
            : output <= END_OF_TIME && !isAnonymous(timer);
    return holds ? output : NONE;
  }

  private static boolean isCleanup(TimerData timer) {
    return timer.getTimerId().equals(TimeInternalsCleanupTimer.GC_TIMER_ID);
  }

  /** Whether {@code TimerData.of} made the id: the number of the domain, a colon, the time. */
  private static boolean isAnonymous(TimerData timer) {
    String id = timer.getTimerId();
    return timer.getTimerFamilyId().isEmpty()
        && id.length() > 2
        && Character.isDigit(id.charAt(0))
        && id.charAt(1) == ':';
  }
}
