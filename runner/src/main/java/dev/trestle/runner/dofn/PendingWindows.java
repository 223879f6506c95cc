package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Windows;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * The windows of elements that are not done with yet. Elements of a window mostly come together, so
 * the last window is remembered.
 */
final class PendingWindows {

  private static final class Count {
    long elements;
  }

  private final Map<BoundedWindow, Count> counts = new HashMap<>();
  private @Nullable BoundedWindow last;
  private @Nullable Count lastCount;

  /** Adds an element. */
  void add(Object windows) {
    if (windows instanceof BoundedWindow window) {
      count(window).elements++;
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      count(window).elements++;
    }
  }

  /** Takes an element away from windows to which it has been added. */
  void remove(Object windows) {
    if (windows instanceof BoundedWindow window) {
      removeFrom(window);
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      removeFrom(window);
    }
  }

  private void removeFrom(BoundedWindow window) {
    Count count = count(window);
    count.elements--;
    if (count.elements == 0) {
      counts.remove(window);
      last = null;
      lastCount = null;
    }
  }

  @SuppressWarnings("ReferenceEquality") // a cache by identity: a miss costs a look-up
  private Count count(BoundedWindow window) {
    if (window == last && lastCount != null) {
      return lastCount;
    }
    Count count = counts.computeIfAbsent(window, unused -> new Count());
    last = window;
    lastCount = count;
    return count;
  }

  /** The least end of a window in milliseconds; {@code Long.MAX_VALUE} where there is none. */
  long earliestEnd() {
    long least = Long.MAX_VALUE;
    for (BoundedWindow window : counts.keySet()) {
      least = Math.min(least, window.maxTimestamp().getMillis());
    }
    return least;
  }
}
