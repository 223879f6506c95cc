package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.TimerHandler;
import dev.trestle.runner.operator.Slice;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.InMemoryTimerInternals;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A keyed context of Beam's own in-memory state and timers, a pair for each key. */
final class InMemoryKeyedContext implements KeyedContext {

  private static final class Key {
    final InMemoryStateInternals<Object> state;
    final InMemoryTimerInternals timers = new InMemoryTimerInternals();

    Key(Object key) {
      state = InMemoryStateInternals.forKey(key);
    }
  }

  private final Map<Object, Key> keys = new LinkedHashMap<>();
  private final StateInternals state = delegating(StateInternals.class, () -> current().state);
  private final TimerInternals timers = delegating(TimerInternals.class, () -> current().timers);
  private Instant watermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private Object currentKey = "";

  /** How often any timer was set. */
  int timersSet;

  /** Which windows were cleared, and for which keys. */
  final Map<BoundedWindow, Object> cleared = new LinkedHashMap<>();

  private <T> T delegating(Class<T> type, Supplier<T> target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              if (method.getName().equals("setTimer")) {
                timersSet++;
              }
              return method.invoke(target.get(), args);
            }));
  }

  private Key current() {
    return keys.computeIfAbsent(
        currentKey,
        key -> {
          Key added = new Key(key);
          advance(added);
          return added;
        });
  }

  private void advance(Key key) {
    try {
      key.timers.advanceInputWatermark(watermark);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void setKey(Object tableKey, int keyHash) {
    currentKey = tableKey;
  }

  @Override
  public @Nullable Object key() {
    return currentKey;
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
  public boolean fireEventTimers(long newWatermark, Slice slice, TimerHandler handler) {
    watermark = Instant.ofEpochMilli(newWatermark);
    keys.values().forEach(this::advance);
    return fire(key -> key.timers.removeNextEventTimer(), handler);
  }

  @Override
  public boolean fireProcessingTimers(long now, Slice slice, TimerHandler handler) {
    for (Key key : keys.values()) {
      try {
        key.timers.advanceProcessingTime(Instant.ofEpochMilli(now));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return fire(key -> key.timers.removeNextProcessingTimer(), handler);
  }

  private boolean fire(Function<Key, @Nullable TimerData> next, TimerHandler handler) {
    for (Map.Entry<Object, Key> entry : keys.entrySet()) {
      for (TimerData timer = next.apply(entry.getValue());
          timer != null;
          timer = next.apply(entry.getValue())) {
        currentKey = entry.getKey();
        handler.onTimer(timer);
      }
    }
    return true;
  }

  @Override
  public long nextProcessingTime() {
    return keys.values().stream()
        .map(key -> key.timers.getNextTimer(TimeDomain.PROCESSING_TIME))
        .filter(time -> time != null)
        .mapToLong(Instant::getMillis)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public long hold() {
    return Long.MAX_VALUE;
  }

  @Override
  public void clearWindow(BoundedWindow window) {
    cleared.put(window, currentKey);
  }
}
