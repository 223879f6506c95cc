package dev.trestle.runner.keyed;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.memory.MemoryGrant;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.timer.HoldTracker;
import dev.trestle.state.timer.TimerQueue;
import dev.trestle.state.timer.TimerRows;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * Timers of the current key, and the queues of all. A timer is identified by key, namespace, family
 * and id; setting it again replaces it, whatever changes.
 */
final class KeyedTimerInternals implements TimerInternals {

  private static final long MIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  /** Timers of a domain may take so much of what the job's memory is for a task of this step. */
  private static final int SHARE = 4;

  /** Ordered rows of holds are numbered from here on, in the order of the domains' numbers. */
  private static final int HOLDS = 3;

  private final OperatorContext context;
  private final KeyedStateBackend backend;
  private final TimerQueue<TimerData> eventTimers;
  private final TimerQueue<TimerData> processingTimers;
  private final TimerQueue<TimerData> synchronizedTimers;
  private Instant inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;

  /**
   * No timers.
   *
   * @param makeCurrent makes a key current
   * @param holds takes what timers in memory hold
   */
  KeyedTimerInternals(
      OperatorContext context,
      KeyedStateBackend backend,
      ObjIntConsumer<Object> makeCurrent,
      KeyFormat keys,
      Coder<BoundedWindow> windowCoder,
      HoldTracker holds) {
    this.context = context;
    this.backend = backend;
    eventTimers = queue(TimeDomain.EVENT_TIME, makeCurrent, keys, windowCoder, holds);
    processingTimers = queue(TimeDomain.PROCESSING_TIME, makeCurrent, keys, windowCoder, holds);
    synchronizedTimers =
        queue(TimeDomain.SYNCHRONIZED_PROCESSING_TIME, makeCurrent, keys, windowCoder, holds);
  }

  private TimerQueue<TimerData> queue(
      TimeDomain domain,
      ObjIntConsumer<Object> makeCurrent,
      KeyFormat keys,
      Coder<BoundedWindow> windowCoder,
      HoldTracker holds) {
    int number = numberOf(domain);
    TimerRows<TimerData> rows =
        new TimerRows<>(
            context.keyGroups(),
            backend,
            makeCurrent,
            context.orderedRows(number),
            context.orderedRows(HOLDS + number),
            "t:" + number,
            new TimerDataFormat(keys, windowCoder, domain));
    long most = context.memory().total() / SHARE / context.parallelism();
    MemoryGrant memory = new MemoryGrant(context.memory(), most);
    return new TimerQueue<>(context.keyGroups(), memory, rows, holds);
  }

  /** A domain as it is called in rows, for the job's life. */
  private static int numberOf(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> 0;
      case PROCESSING_TIME -> 1;
      case SYNCHRONIZED_PROCESSING_TIME -> 2;
    };
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

  /** Those of all domains, in the order of the domains' numbers. */
  List<TimerQueue<TimerData>> queues() {
    return List.of(eventTimers, processingTimers, synchronizedTimers);
  }

  /** The least hold of timers that are not in memory; {@code Long.MAX_VALUE} for none. */
  long holdOfRows() {
    return Math.min(
        eventTimers.holdOfRows(),
        Math.min(processingTimers.holdOfRows(), synchronizedTimers.holdOfRows()));
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
    queue(timer.getDomain())
        .set(
            backend.key(),
            backend.keyGroup(),
            Namespaces.of(timer.getNamespace()),
            TimerId.of(timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId()),
            timer.getTimestamp().getMillis(),
            timer);
  }

  @Override
  public void deleteTimer(
      StateNamespace namespace, String timerId, String timerFamilyId, TimeDomain timeDomain) {
    queue(timeDomain)
        .delete(
            backend.key(),
            backend.keyGroup(),
            Namespaces.of(namespace),
            TimerId.of(namespace, timerId, timerFamilyId));
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
    eventTimers.deleteAll(backend.key(), backend.keyGroup(), namespace);
    processingTimers.deleteAll(backend.key(), backend.keyGroup(), namespace);
    synchronizedTimers.deleteAll(backend.key(), backend.keyGroup(), namespace);
  }

  /** Gives the memory back. */
  void close() {
    eventTimers.close();
    processingTimers.close();
    synchronizedTimers.close();
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

  /** A watermark in the range that Beam knows. */
  static Instant instant(long watermark) {
    return Instant.ofEpochMilli(Math.max(MIN, Math.min(MAX, watermark)));
  }
}
