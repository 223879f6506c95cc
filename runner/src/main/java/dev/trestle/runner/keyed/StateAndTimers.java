package dev.trestle.runner.keyed;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.SynchronizedClock;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.timer.HoldTracker;
import dev.trestle.state.timer.TimerQueue;
import java.io.IOException;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.CausedByDrain;
import org.jspecify.annotations.Nullable;

/**
 * State in the task's tables; timers in memory, as far as they have room, and holds, written out in
 * every checkpoint.
 */
final class StateAndTimers implements KeyedContext {

  private static final long END_OF_TIME = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final OperatorContext context;
  private final KeyGroupRange keyGroups;
  private final SynchronizedClock synchronizedClock;
  private final KeyFormat keys;
  private final Coder<BoundedWindow> windowCoder;
  private final KeyedSnapshot snapshot;
  private final KeyedStateBackend backend;
  private final HoldTracker holds = new HoldTracker();
  private final WatermarkHolds stateHolds;
  private final KeyedStateInternals state;
  private final KeyedTimerInternals timers;

  /** The current key, where it has been decoded already. */
  private @Nullable Object decodedKey;

  private boolean decoded;

  StateAndTimers(
      OperatorContext context,
      @Nullable Coder<Object> keyCoder,
      boolean keyByObject,
      Coder<BoundedWindow> windowCoder) {
    this.context = context;
    keyGroups = context.keyGroups();
    synchronizedClock = context.synchronizedClock();
    this.windowCoder = windowCoder;
    keys = new KeyFormat(keyCoder, keyByObject);
    snapshot = new KeyedSnapshot(keyGroups, keys, windowCoder);
    backend = context.keyedState(keys, new NamespaceFormat(windowCoder));
    stateHolds = new WatermarkHolds(backend, keyGroups, holds);
    state = new KeyedStateInternals(this, backend, stateHolds);
    timers = new KeyedTimerInternals(context, backend, this::makeCurrent, keys, windowCoder, holds);
  }

  @Override
  public void setKey(Object tableKey, int keyHash) {
    makeCurrent(tableKey, KeyGroupRange.keyGroup(keyHash, keyGroups.total()));
  }

  @Override
  public boolean readsAhead() {
    return backend.readsAhead();
  }

  @Override
  public void announce(Object tableKey, int keyHash, @Nullable BoundedWindow window) {
    backend.announce(
        tableKey,
        KeyGroupRange.keyGroup(keyHash, keyGroups.total()),
        window == null ? Namespaces.global() : Namespaces.ofWindow(windowCoder, window));
  }

  @Override
  public void fetchAnnounced() {
    backend.fetchAnnounced();
  }

  private void makeCurrent(Object tableKey, int keyGroup) {
    if (backend.setKey(tableKey, keyGroup)) {
      decoded = false;
      decodedKey = null;
    }
  }

  @Override
  public @Nullable Object key() {
    if (!decoded) {
      decodedKey = keys.decode(backend.key());
      decoded = true;
    }
    return decodedKey;
  }

  @Override
  public StateInternals state() {
    return state;
  }

  @Override
  public TimerInternals timers() {
    return timers;
  }

  @Override
  public boolean fireEventTimers(long watermark, Slice slice, TimerHandler handler) {
    timers.setInputWatermark(watermark);
    if (watermark < END_OF_TIME) {
      return fire(timers.eventTimers(), justBefore(watermark), slice, handler);
    }
    return fire(
        timers.eventTimers(),
        Long.MAX_VALUE,
        slice,
        context.isDraining() ? timer -> handler.onTimer(causedByDrain(timer)) : handler);
  }

  @Override
  public boolean fireProcessingTimers(long now, Slice slice, TimerHandler handler) {
    return fire(timers.processingTimers(), justBefore(now), slice, handler)
        && fireSynchronizedTimers(slice, handler);
  }

  private static TimerData causedByDrain(TimerData timer) {
    return TimerData.of(
        timer.getTimerId(),
        timer.getTimerFamilyId(),
        timer.getNamespace(),
        timer.getTimestamp(),
        timer.getOutputTimestamp(),
        timer.getDomain(),
        CausedByDrain.CAUSED_BY_DRAIN);
  }

  private boolean fireSynchronizedTimers(Slice slice, TimerHandler handler) {
    TimerQueue<TimerData> queue = timers.synchronizedTimers();
    while (!queue.isEmpty() && synchronizedClock.hasPassed(queue.nextTime())) {
      if (!fire(queue, queue.nextTime(), slice, handler)) {
        return false;
      }
    }
    return true;
  }

  private static long justBefore(long time) {
    return time == Long.MIN_VALUE ? time : time - 1;
  }

  private boolean fire(TimerQueue<TimerData> queue, long due, Slice slice, TimerHandler handler) {
    while (!slice.isUsedUp()) {
      TimerQueue.Timer<TimerData> timer = queue.poll(due);
      if (timer == null) {
        return true;
      }
      slice.spend();
      makeCurrent(timer.timerKey(), timer.keyGroup());
      handler.onTimer(timer.payload());
    }
    return queue.isEmpty() || queue.nextTime() > due;
  }

  @Override
  public long nextProcessingTime() {
    TimerQueue<TimerData> processing = timers.processingTimers();
    TimerQueue<TimerData> synced = timers.synchronizedTimers();
    long next = processing.isEmpty() ? Long.MAX_VALUE : processing.nextTime() + 1;
    return synced.isEmpty()
        ? next
        : Math.min(next, synchronizedClock.wakeupAfter(synced.nextTime()));
  }

  @Override
  public long hold() {
    return Math.min(holds.least(), timers.holdOfRows());
  }

  @Override
  public void clearWindow(BoundedWindow window) {
    Object namespace = Namespaces.ofWindow(windowCoder, window);
    timers.deleteAll(namespace); // before the state, in which it says where they are
    state.clear(namespace);
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    snapshot.writeHolds(stateHolds, out);
    snapshot.writeTimers(timers.queues(), out);
  }

  @Override
  public void restore(RestoredState from) throws IOException {
    snapshot.readHolds(from, stateHolds::restore);
    snapshot.readFronts(from, timers.queues());
    snapshot.readTimers(
        from,
        (keyGroup, key, timer) -> {
          makeCurrent(key, keyGroup);
          timers.restore(timer);
        });
  }

  @Override
  public void close() {
    timers.close();
  }
}
