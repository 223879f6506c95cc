package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.SideInputs;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Elements that wait for side inputs, by main-input window: readiness is a matter of the window. A
 * window is open for new elements once its side inputs are ready and nobody waits for it any more,
 * so that nobody is overtaken. Elements are kept in batches, encoded as at an edge.
 */
final class WindowQueues {

  private static final class Queue {
    final ArrayDeque<Batch> batches = new ArrayDeque<>();

    /** Of any element ever kept here. */
    long earliest = Long.MAX_VALUE;
  }

  private final SideInputs sideInputs;
  private final Supplier<Batch> newBatch;
  private final Map<BoundedWindow, Queue> queues = new LinkedHashMap<>();

  /** The last window found open. Elements of a window mostly come together. */
  private @Nullable BoundedWindow lastOpen;

  WindowQueues(SideInputs sideInputs, Supplier<Batch> newBatch) {
    this.sideInputs = sideInputs;
    this.newBatch = newBatch;
  }

  @SuppressWarnings("ReferenceEquality") // a cache by identity: a miss costs no more than the check
  boolean isOpen(BoundedWindow window) {
    if (window == lastOpen) {
      return true;
    }
    if (queues.containsKey(window) || !sideInputs.isReady(window)) {
      return false;
    }
    lastOpen = window;
    return true;
  }

  /** Forgets what is known of side inputs. */
  void sideInputsChanged() {
    lastOpen = null;
  }

  /**
   * The batch that takes the next element of a window.
   *
   * @param timestamp of that element, in milliseconds
   */
  Batch batchFor(BoundedWindow window, long timestamp) {
    Queue queue = queues.computeIfAbsent(window, unused -> new Queue());
    queue.earliest = Math.min(queue.earliest, timestamp);
    Batch last = queue.batches.peekLast();
    if (last == null || last.isFull()) {
      last = newBatch.get();
      queue.batches.add(last);
    }
    return last;
  }

  /** Takes one batch that waits no longer; null where there is none. */
  @Nullable Batch poll() {
    for (Iterator<Map.Entry<BoundedWindow, Queue>> it = queues.entrySet().iterator();
        it.hasNext(); ) {
      Map.Entry<BoundedWindow, Queue> entry = it.next();
      if (sideInputs.isReady(entry.getKey())) {
        Batch batch = entry.getValue().batches.remove();
        if (entry.getValue().batches.isEmpty()) {
          it.remove();
        }
        return batch;
      }
    }
    return null;
  }

  /** The least timestamp of all that wait; {@code Long.MAX_VALUE} where nobody does. */
  long earliest() {
    long least = Long.MAX_VALUE;
    for (Queue queue : queues.values()) {
      least = Math.min(least, queue.earliest);
    }
    return least;
  }
}
