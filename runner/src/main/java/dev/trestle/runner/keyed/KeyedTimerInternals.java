package dev.trestle.runner.keyed;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.timer.HoldTracker;
import dev.trestle.state.timer.TimerQueue;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Timers of the current key, and the queues of all. A timer is identified by key, namespace, family
 * and id; setting it again replaces it, whatever changes.
 */
final class KeyedTimerInternals implements TimerInternals {

  private static final long MIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final OperatorContext context;
  private final KeyedStateBackend backend;
  private final HoldTracker holds;
  private final TimerQueue<TimerData> eventTimers;
  private final TimerQueue<TimerData> processingTimers;
  private final TimerQueue<TimerData> synchronizedTimers;
  private Instant inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;

  /** The id of a timer that needs more than its own id within a namespace. */
  private record QualifiedId(String id, String family, int trigger) {}

  KeyedTimerInternals(OperatorContext context, KeyedStateBackend backend, HoldTracker holds) {
    this.context = context;
    this.backend = backend;
    this.holds = holds;
    eventTimers = new TimerQueue<>(context.keyGroups());
    processingTimers = new TimerQueue<>(context.keyGroups());
    synchronizedTimers = new TimerQueue<>(context.keyGroups());
  }

  TimerQueue<TimerData> eventTimers() {
    return eventTimers;
  }

  TimerQueue<TimerData> processingTimers() {
    return processingTimers;
  }

  TimerQueue<TimerData> synchronizedTimers() {
    return synchronizedTimers;
  }

  void setInputWatermark(long watermark) {
    if (watermark != inputWatermark.getMillis()) {
      inputWatermark = instant(watermark);
    }
  }

  @Override
  public void setTimer(
      StateNamespace namespace,
      String timerId,
      String timerFamilyId,
      Instant target,
      Instant outputTimestamp,
      TimeDomain timeDomain) {
    set(TimerData.of(timerId, timerFamilyId, namespace, target, outputTimestamp, timeDomain));
  }

  @Override
  @Deprecated
  public void setTimer(TimerData timer) {
    set(timer);
  }

  /** Sets a timer of the current key as it was. */
  void restore(TimerData timer) {
    set(timer);
  }

  private void set(TimerData timer) {
    TimerData replaced =
        queue(timer.getDomain())
            .set(
                backend.key(),
                backend.keyGroup(),
                Namespaces.of(timer.getNamespace()),
                id(timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId()),
                timer.getTimestamp().getMillis(),
                timer);
    release(replaced);
    long hold = TimerHolds.of(timer);
    if (hold != TimerHolds.NONE) {
      holds.add(hold);
    }
  }

  @Override
  public void deleteTimer(
      StateNamespace namespace, String timerId, String timerFamilyId, TimeDomain timeDomain) {
    release(
        queue(timeDomain)
            .delete(
                backend.key(),
                backend.keyGroup(),
                Namespaces.of(namespace),
                id(namespace, timerId, timerFamilyId)));
  }

  @Override
  @Deprecated
  public void deleteTimer(StateNamespace namespace, String timerId, String timerFamilyId) {
    deleteTimer(namespace, timerId, timerFamilyId, TimeDomain.EVENT_TIME);
    deleteTimer(namespace, timerId, timerFamilyId, TimeDomain.PROCESSING_TIME);
    deleteTimer(namespace, timerId, timerFamilyId, TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
  }

  @Override
  @Deprecated
  public void deleteTimer(TimerData timer) {
    deleteTimer(
        timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId(), timer.getDomain());
  }

  /** Deletes all timers of the current key in a namespace. */
  void deleteAll(Object namespace) {
    eventTimers.deleteAll(backend.key(), backend.keyGroup(), namespace, this::release);
    processingTimers.deleteAll(backend.key(), backend.keyGroup(), namespace, this::release);
    synchronizedTimers.deleteAll(backend.key(), backend.keyGroup(), namespace, this::release);
  }

  /** Lets go of the watermark where a timer that is gone held it. */
  void release(@Nullable TimerData timer) {
    if (timer != null) {
      long hold = TimerHolds.of(timer);
      if (hold != TimerHolds.NONE) {
        holds.remove(hold);
      }
    }
  }

  @Override
  public Instant currentProcessingTime() {
    return Instant.ofEpochMilli(context.clock().millis());
  }

  @Override
  public Instant currentSynchronizedProcessingTime() {
    return Instant.ofEpochMilli(context.synchronizedClock().millis());
  }

  @Override
  public Instant currentInputWatermarkTime() {
    return inputWatermark;
  }

  /** Never ahead of the input watermark as seen here, which may lag behind the task's. */
  @Override
  public Instant currentOutputWatermarkTime() {
    return instant(Math.min(context.outputWatermark(), inputWatermark.getMillis()));
  }

  private TimerQueue<TimerData> queue(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> eventTimers;
      case PROCESSING_TIME -> processingTimers;
      case SYNCHRONIZED_PROCESSING_TIME -> synchronizedTimers;
    };
  }

  private static Object id(StateNamespace namespace, String timerId, String family) {
    int trigger = Namespaces.triggerOf(namespace);
    return family.isEmpty() && trigger == Namespaces.NO_TRIGGER
        ? timerId
        : new QualifiedId(timerId, family, trigger);
  }

  /** A watermark in the range that Beam knows. */
  static Instant instant(long watermark) {
    return Instant.ofEpochMilli(Math.max(MIN, Math.min(MAX, watermark)));
  }
}
