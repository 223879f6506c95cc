package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The gate within a stage. Elements wait as they travel there, by reference. */
final class SideInputGate extends Gate<Operator> {

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param input its elements
   */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  SideInputGate(Operator gated, Collection input) {
    super(
        gated,
        new EdgeFormat(null, (Coder<Object>) input.coder(), false, true),
        input.windowCoder());
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    WindowQueues waiting = queues();
    if (windows instanceof BoundedWindow window) {
      admit(waiting, value, timestamp, window, pane, metadata);
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      admit(waiting, value, timestamp, window, pane, metadata);
    }
  }

  private void admit(
      WindowQueues waiting,
      @Nullable Object value,
      Instant timestamp,
      BoundedWindow window,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (waiting.isOpen(window)) {
      gated.accept(value, timestamp, window, pane, metadata);
      return;
    }
    QueueStore.Queue queue = queue(window);
    if (queue != null) {
      queue.add(value, timestamp, window, pane, metadata);
    }
  }

  @Override
  public long earliestWindowEnd() {
    return Long.MAX_VALUE;
  }

  @Override
  public boolean release(Slice slice) {
    WindowQueues waiting = queues();
    while (!slice.isUsedUp()) {
      Batch batch = waiting.poll();
      if (batch == null) {
        return true;
      }
      for (int i = 0; i < batch.size(); i++) {
        gated.accept(
            batch.element(i),
            batch.timestamp(i),
            batch.windows(i),
            batch.pane(i),
            batch.metadata(i));
        slice.spend();
      }
    }
    return false;
  }
}
