package dev.trestle.runner.harness;

import dev.trestle.runner.keyed.CleanupTimers;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.SortBuffer;
import dev.trestle.runner.keyed.WindowScope;
import dev.trestle.runner.operator.Windows;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;

/**
 * Elements that have to come to a worker in the order of their timestamps, key by key: they wait in
 * state until nothing earlier can come. Works on the current key.
 */
final class Sorting {

  private final KeyedContext keyed;
  private final Bundles bundles;
  private final ElementWire wire;
  private final SortBuffer buffer;
  private boolean any;

  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  Sorting(HarnessStep step, KeyedContext keyed, Bundles bundles, ElementWire wire) {
    this.keyed = keyed;
    this.bundles = bundles;
    this.wire = wire;
    buffer =
        new SortBuffer(
            keyed,
            step.input().windowing().getAllowedLateness(),
            (Coder<Object>) step.input().coder(),
            step.input().windowCoder());
  }

  SortBuffer buffer() {
    return buffer;
  }

  /** Whether a timer is one of those that say that it is the turn of elements. */
  static boolean isOwn(TimerData timer) {
    return SortBuffer.isFlush(timer);
  }

  /**
   * Sends the elements whose turn it is when a timer fires: all, where the window expires.
   *
   * @return whether there were any; a timer that is not one of these is then to fire once more
   */
  boolean release(WindowScope scope, TimerData timer) {
    boolean expires = CleanupTimers.isCleanup(timer);
    if (!expires && !isOwn(timer)) {
      return false;
    }
    any = false;
    Instant until =
        expires ? BoundedWindow.TIMESTAMP_MAX_VALUE : keyed.timers().currentInputWatermarkTime();
    buffer.flush(until, scope, this::send);
    if (any && expires) {
      keyed
          .timers()
          .setTimer(
              timer.getNamespace(),
              timer.getTimerId(),
              timer.getTimerFamilyId(),
              timer.getTimestamp(),
              timer.getOutputTimestamp(),
              timer.getDomain());
    }
    return any;
  }

  private void send(WindowedValue<Object> element) {
    any = true;
    try {
      wire.write(
          element.getValue(),
          element.getTimestamp(),
          Windows.of(element),
          element.getPaneInfo(),
          bundles.gathering());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bundles.added();
  }
}
