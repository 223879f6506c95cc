package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SideInputs;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Elements that wait for side inputs, by main-input window: readiness is a matter of the window. A
 * window is open for new elements once its side inputs are ready and nobody waits for it any more,
 * so that nobody is overtaken.
 */
final class WindowQueues implements AutoCloseable {

  private static final String WAITING = "waiting";

  private final SideInputs sideInputs;
  private final QueueStore store;
  private final Map<BoundedWindow, QueueStore.Queue> queues = new LinkedHashMap<>();

  /** Windows with a queue whose side inputs are ready, as far as has been looked. */
  private final ArrayDeque<BoundedWindow> ready = new ArrayDeque<>();

  private boolean changed = true;

  /** The last window found open. Elements of a window mostly come together. */
  private @Nullable BoundedWindow lastOpen;

  /** The last window that got an element to wait, and its queue. */
  private @Nullable BoundedWindow lastJoined;

  private QueueStore.@Nullable Queue lastQueue;

  /**
   * No queues.
   *
   * @param store owned from here on
   */
  WindowQueues(SideInputs sideInputs, QueueStore store) {
    this.sideInputs = sideInputs;
    this.store = store;
  }

  @SuppressWarnings("ReferenceEquality") // a cache by identity: a miss costs no more than the check
  boolean isOpen(BoundedWindow window) {
    if (window == lastOpen) {
      return true;
    }
    if (window == lastJoined
        || queues.containsKey(window)
        || !sideInputs.isReady(window)
        || sideInputs.isExpired(window)) {
      return false;
    }
    lastOpen = window;
    return true;
  }

  /** Whether the elements of a window that is not open are too late. */
  @SuppressWarnings("ReferenceEquality") // as above
  boolean isExpired(BoundedWindow window) {
    return window != lastJoined && !queues.containsKey(window) && sideInputs.isExpired(window);
  }

  /** The queue that takes the next element of a window that is neither open nor expired. */
  @SuppressWarnings("ReferenceEquality") // as above
  QueueStore.Queue queue(BoundedWindow window) {
    if (window == lastJoined && lastQueue != null) {
      return lastQueue;
    }
    QueueStore.Queue queue = queues.computeIfAbsent(window, unused -> store.newQueue());
    lastJoined = window;
    lastQueue = queue;
    return queue;
  }

  /** Forgets what is known of side inputs. */
  void sideInputsChanged() {
    lastOpen = null;
    changed = true;
  }

  /** Takes some elements of one window that wait no longer; null where there are none. */
  @Nullable Batch poll() {
    if (changed) {
      changed = false;
      findReady();
    }
    while (true) {
      BoundedWindow window = ready.peek();
      QueueStore.Queue queue = window == null ? null : queues.get(window);
      if (queue == null) {
        return null;
      }
      Batch batch = queue.poll();
      if (queue.isEmpty()) {
        ready.remove();
        queues.remove(window);
        lastJoined = null;
        lastQueue = null;
      }
      if (batch != null) {
        return batch;
      }
    }
  }

  private void findReady() {
    ready.clear();
    for (BoundedWindow window : queues.keySet()) {
      if (sideInputs.isReady(window)) {
        ready.add(window);
      }
    }
  }

  boolean isEmpty() {
    return queues.isEmpty();
  }

  /** The least timestamp of all that wait; {@code Long.MAX_VALUE} where nobody does. */
  long earliest() {
    long least = Long.MAX_VALUE;
    for (QueueStore.Queue queue : queues.values()) {
      least = Math.min(least, queue.earliest());
    }
    return least;
  }

  /** Section {@code waiting}: what waits, as {@link QueueStore.Queue#snapshot} writes it. */
  void snapshot(SnapshotWriter out, KeyGroupRange range) throws IOException {
    SnapshotWriter.Section section = out.section(WAITING);
    for (QueueStore.Queue queue : queues.values()) {
      queue.snapshot(section, range);
    }
  }

  void restore(RestoredState from) throws IOException {
    from.read(
        WAITING,
        (keyGroup, record) -> {
          Batch batch = store.encoding().read(record);
          for (int i = 0; i < batch.size(); i++) {
            for (BoundedWindow window : Windows.all(batch.windows(i))) {
              queue(window).addFrom(batch, i, window);
            }
          }
        });
  }

  @Override
  public void close() {
    queues.clear();
    ready.clear();
    store.close();
  }
}
