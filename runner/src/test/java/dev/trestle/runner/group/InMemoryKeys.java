package dev.trestle.runner.group;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.TimerHandler;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.ByteKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A {@code KeyedContext} of Beam's own in-memory state, a pair for each key. */
final class InMemoryKeys implements KeyedContext {

  /** State and timers of one key. */
  static final class Cells {
    final Object key;
    final States states;
    final InMemoryTimerInternals timers = new InMemoryTimerInternals();

    Cells(Object key) {
      this.key = key;
      states = new States(key);
    }
  }

  static final class States extends InMemoryStateInternals<Object> {
    States(Object key) {
      super(key);
    }

    long hold() {
      long hold = Long.MAX_VALUE;
      for (State state : inMemoryState.values()) {
        if (state instanceof WatermarkHoldState held && held.read() != null) {
          hold = Math.min(hold, held.read().getMillis());
        }
      }
      return hold;
    }
  }

  final Map<Object, Cells> cells = new LinkedHashMap<>();
  private final FakeTask task;
  private final Coder<Object> keyCoder;
  private Cells current;

  InMemoryKeys(FakeTask task, Coder<Object> keyCoder) {
    this.task = task;
    this.keyCoder = keyCoder;
  }

  /** Makes a key current and tells its timers the time. */
  Cells at(Object tableKey) {
    Object kept = tableKey instanceof ByteKey bytes ? bytes.copy() : tableKey;
    current =
        cells.computeIfAbsent(
            kept,
            key ->
                new Cells(
                    key instanceof ByteKey bytes
                        ? EncodedValues.decode(keyCoder, bytes.bytes(), bytes.start(), bytes.end())
                        : key));
    tell(current, task.inputWatermark);
    return current;
  }

  void tell(Cells cell, long watermark) {
    try {
      cell.timers.advanceInputWatermark(Instant.ofEpochMilli(watermark));
      cell.timers.advanceOutputWatermark(Instant.ofEpochMilli(task.outputWatermark));
      cell.timers.advanceProcessingTime(Instant.ofEpochMilli(task.now));
      cell.timers.advanceSynchronizedProcessingTime(Instant.ofEpochMilli(task.now));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public boolean readsAhead() {
    return false;
  }

  @Override
  public void announce(Object tableKey, int keyHash, @Nullable BoundedWindow window) {}

  @Override
  public void fetchAnnounced() {}

  @Override
  public void setKey(Object tableKey, int keyHash) {
    at(tableKey);
  }

  @Override
  public Object key() {
    return current.key;
  }

  @Override
  public StateInternals state() {
    return current.states;
  }

  @Override
  public TimerInternals timers() {
    return current.timers;
  }

  @Override
  public boolean fireEventTimers(long watermark, Slice slice, TimerHandler handler) {
    cells.values().forEach(cell -> tell(cell, watermark));
    while (true) {
      Cells next = null;
      for (Cells cell : cells.values()) {
        Instant time = cell.timers.getNextTimer(TimeDomain.EVENT_TIME);
        if (time != null
            && time.getMillis() < watermark
            && (next == null || time.isBefore(next.timers.getNextTimer(TimeDomain.EVENT_TIME)))) {
          next = cell;
        }
      }
      if (next == null) {
        return true;
      }
      if (slice.isUsedUp()) {
        return false;
      }
      current = next;
      handler.onTimer(next.timers.removeNextEventTimer());
      slice.spend();
    }
  }

  @Override
  public boolean fireProcessingTimers(long now, Slice slice, TimerHandler handler) {
    for (Cells cell : cells.values()) {
      current = cell;
      tell(cell, task.inputWatermark);
      for (TimerData timer = next(cell); timer != null; timer = next(cell)) {
        handler.onTimer(timer);
      }
    }
    return true;
  }

  private static TimerData next(Cells cell) {
    TimerData timer = cell.timers.removeNextProcessingTimer();
    return timer != null ? timer : cell.timers.removeNextSynchronizedProcessingTimer();
  }

  @Override
  public long nextProcessingTime() {
    return Long.MIN_VALUE;
  }

  @Override
  public long hold() {
    return cells.values().stream()
        .mapToLong(cell -> cell.states.hold())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public void clearWindow(BoundedWindow window) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void snapshot(SnapshotWriter out) {
    throw new AssertionError("No test asks for it");
  }

  @Override
  public void restore(RestoredState from) {}

  @Override
  public void close() {}
}
