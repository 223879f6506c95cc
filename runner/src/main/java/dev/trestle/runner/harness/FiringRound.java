package dev.trestle.runner.harness;

import dev.trestle.runner.harness.TimerFamilies.Family;
import dev.trestle.runner.keyed.CleanupTimers;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.TimerHandler;
import dev.trestle.runner.keyed.WindowScope;
import dev.trestle.runner.operator.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The timers that fire in one bundle. A key's timers of one time fire together and no others of the
 * key: a timer that fires may set one that has to fire before the next. So a round ends with the
 * first timer whose key has fired earlier ones; the rest fires when the bundle has come back.
 *
 * <p>The state of a window that expires is dropped without asking anybody; where a worker wants to
 * be told, when it has been.
 */
final class FiringRound implements TimerHandler {

  /** A key's window that goes when the bundle has come back. */
  private record Expired(ByteString key, BoundedWindow window) {}

  private final String step;
  private final KeyedContext keyed;
  private final WireKeys keys;
  private final TimerFamilies families;
  private final WindowScope.Cache scopes;
  private final StateWindows windows;
  private final @Nullable Sorting sorting;
  private final Slice slice;
  private final Map<ByteString, Long> times = new HashMap<>();
  private final Map<Family, ByteString.Output> firing = new LinkedHashMap<>();
  private final List<Expired> expired = new ArrayList<>();
  private boolean hasElements;

  /**
   * An empty round.
   *
   * @param sorting keeps elements until it is their turn; null where they are not sorted
   * @param slice of which each timer takes its share; the round ends by using it up
   */
  FiringRound(
      String step,
      KeyedContext keyed,
      WireKeys keys,
      TimerFamilies families,
      WindowScope.Cache scopes,
      StateWindows windows,
      @Nullable Sorting sorting,
      Slice slice) {
    this.step = step;
    this.keyed = keyed;
    this.keys = keys;
    this.families = families;
    this.scopes = scopes;
    this.windows = windows;
    this.sorting = sorting;
    this.slice = slice;
  }

  @Override
  public void onTimer(TimerData timer) {
    if (!(timer.getNamespace() instanceof WindowNamespace<?> namespace)) {
      throw new IllegalStateException("A timer without a window: " + timer);
    }
    try {
      ByteString key = keys.current();
      Long before = times.get(key);
      if (before != null && before < timer.getTimestamp().getMillis()) {
        putBack(timer);
        return;
      }
      fire(key, scopes.of(namespace.getWindow()), timer);
    } catch (IOException e) {
      throw new HarnessException(step, e);
    }
  }

  private void putBack(TimerData timer) {
    keyed
        .timers()
        .setTimer(
            timer.getNamespace(),
            timer.getTimerId(),
            timer.getTimerFamilyId(),
            timer.getTimestamp(),
            timer.getOutputTimestamp(),
            timer.getDomain());
    slice.spend(Math.max(slice.left(), 0));
  }

  private void fire(ByteString key, WindowScope scope, TimerData timer) throws IOException {
    if (sorting != null && sorting.release(scope, timer)) {
      times.put(key, timer.getTimestamp().getMillis());
      hasElements = true;
    } else if (sorting == null || !Sorting.isOwn(timer)) {
      fireUnsorted(key, scope, timer);
    }
  }

  private void fireUnsorted(ByteString key, WindowScope scope, TimerData timer) throws IOException {
    if (!CleanupTimers.isCleanup(timer)) {
      if (timer.getDomain() == TimeDomain.EVENT_TIME || !isLate(scope)) {
        Family family = families.byId(timer.getTimerFamilyId());
        write(
            family,
            scope.window(),
            timer.getTimerId(),
            families.timeOfWorker(family, scope.window(), timer.getTimestamp()),
            timer.getOutputTimestamp());
        times.put(key, timer.getTimestamp().getMillis());
      }
      return;
    }
    if (families.expirations().isEmpty()) {
      clear(scope.window());
      return;
    }
    for (Family family : families.expirations()) {
      write(family, scope.window(), "", scope.expiry(), scope.window().maxTimestamp());
    }
    times.put(key, timer.getTimestamp().getMillis());
    expired.add(new Expired(key, scope.window()));
  }

  private boolean isLate(WindowScope scope) {
    return scope.expiry().isBefore(keyed.timers().currentInputWatermarkTime());
  }

  @SuppressWarnings("NullAway") // a key coder that admits null takes it
  private void write(
      Family family, BoundedWindow window, String tag, Instant time, Instant outputTimestamp)
      throws IOException {
    Timer<Object> timer =
        Timer.of(
            keyed.key(),
            tag,
            List.of(window),
            time,
            outputTimestamp,
            PaneInfo.NO_FIRING,
            CausedByDrain.NORMAL);
    windows.sent(window);
    family.coder().encode(timer, firing.computeIfAbsent(family, f -> ByteString.newOutput()));
  }

  /** Whether nothing has to go to a worker. */
  boolean isEmpty() {
    return firing.isEmpty() && !hasElements;
  }

  void sendTo(RemoteBundle bundle) {
    firing.forEach(
        (family, timers) ->
            bundle
                .worker()
                .sendTimers(family.transform(), family.localName(), timers.toByteString()));
  }

  /** Says that the bundle has come back, with all that it has set. */
  void done() {
    for (Expired each : expired) {
      try {
        keys.makeCurrent(each.key);
      } catch (IOException e) {
        throw new HarnessException(step, e);
      }
      clear(each.window);
    }
  }

  private void clear(BoundedWindow window) {
    keyed.clearWindow(window);
    windows.expired(window);
  }
}
