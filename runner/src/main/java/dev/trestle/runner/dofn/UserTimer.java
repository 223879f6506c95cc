package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.WindowScope;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A timer as the user's code sets it. One per declaration, made ready by {@link #of} for every call
 * that asks for it.
 */
final class UserTimer implements Timer {

  private final TimerInternals timers;
  private final String id;
  private final String family;
  private final TimeDomain domain;
  private final TimestampBounds bounds;

  private WindowScope scope;
  private Instant setterTimestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private Duration offset = Duration.ZERO;
  private Duration period = Duration.ZERO;

  /** As the user's code has asked for; null where it has not, or wants none. */
  private @Nullable Instant outputTimestamp;

  private boolean noOutput;

  /**
   * A timer.
   *
   * @param family empty where the timer belongs to none
   */
  UserTimer(
      TimerInternals timers,
      String id,
      String family,
      TimeDomain domain,
      TimestampBounds bounds,
      WindowScope scope) {
    this.timers = timers;
    this.id = id;
    this.family = family;
    this.domain = domain;
    this.bounds = bounds;
    this.scope = scope;
  }

  /**
   * Makes the timer ready for another call.
   *
   * @param timestamp of the element or timer whose call may set it
   */
  UserTimer of(WindowScope newScope, Instant timestamp) {
    scope = newScope;
    setterTimestamp = timestamp;
    offset = Duration.ZERO;
    period = Duration.ZERO;
    outputTimestamp = null;
    noOutput = false;
    return this;
  }

  @Override
  public void set(Instant target) {
    Instant output = outputTimestamp(target);
    if (!noOutput) {
      requireNotExpired(output, "an output timestamp");
      if (domain == TimeDomain.EVENT_TIME) {
        requireNotExpired(target, "a firing timestamp");
      }
    }
    timers.setTimer(scope.namespace(), id, family, target, output, domain);
  }

  private Instant outputTimestamp(Instant target) {
    if (noOutput) {
      return KeyedContext.NO_OUTPUT_TIMESTAMP;
    }
    if (outputTimestamp == null) {
      return domain == TimeDomain.EVENT_TIME ? target : setterTimestamp;
    }
    if (!bounds.contains(outputTimestamp, setterTimestamp)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot output timer with output timestamp %s. Output timestamps must be no earlier "
                  + "than the timestamp of the current input or timer (%s) minus the allowed skew "
                  + "(%s) and no later than %s. See the DoFn#getAllowedTimestampSkew() Javadoc "
                  + "for details on changing the allowed skew.",
              outputTimestamp,
              setterTimestamp,
              bounds.describe(),
              BoundedWindow.TIMESTAMP_MAX_VALUE));
    }
    return outputTimestamp;
  }

  private void requireNotExpired(Instant time, String what) {
    if (time.isAfter(scope.expiry())) {
      throw new IllegalArgumentException(
          String.format(
              "Attempted to set a timer (%s, %s) with %s of %s that is after the expiration of "
                  + "its window at %s",
              id, domain, what, time, scope.expiry()));
    }
  }

  @Override
  public void setRelative() {
    Instant now = getCurrentRelativeTime();
    Instant target = now.plus(offset);
    if (period.getMillis() > 0) {
      long sincePeriod = target.getMillis() % period.getMillis();
      target = sincePeriod == 0 ? now : now.plus(period).minus(Duration.millis(sincePeriod));
    }
    if (domain == TimeDomain.EVENT_TIME && target.isAfter(scope.expiry())) {
      target = scope.expiry();
    }
    set(target);
  }

  @Override
  public void clear() {
    timers.deleteTimer(scope.namespace(), id, family, domain);
  }

  @Override
  public Timer offset(Duration newOffset) {
    offset = newOffset;
    return this;
  }

  @Override
  public Timer align(Duration newPeriod) {
    period = newPeriod;
    return this;
  }

  @Override
  public Timer withOutputTimestamp(Instant timestamp) {
    outputTimestamp = timestamp;
    noOutput = false;
    return this;
  }

  @Override
  public Timer withNoOutputTimestamp() {
    outputTimestamp = null;
    noOutput = true;
    return this;
  }

  @Override
  public Instant getCurrentRelativeTime() {
    return switch (domain) {
      case EVENT_TIME -> timers.currentInputWatermarkTime();
      case PROCESSING_TIME -> timers.currentProcessingTime();
      case SYNCHRONIZED_PROCESSING_TIME -> synchronizedTime();
    };
  }

  private Instant synchronizedTime() {
    Instant time = timers.currentSynchronizedProcessingTime();
    return time == null ? timers.currentProcessingTime() : time;
  }
}
