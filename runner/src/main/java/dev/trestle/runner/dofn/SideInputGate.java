package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SideInputReader;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.Windows;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of an operator with side inputs and lets an element pass, window by window, when
 * they are ready. An operator that has none never meets one.
 */
final class SideInputGate implements Operator, SideInputReader {

  private final Operator gated;
  private final EdgeFormat format;
  private @Nullable WindowQueues queues;

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param coder of its elements
   */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  SideInputGate(Operator gated, Coder<?> coder) {
    this.gated = gated;
    format = new EdgeFormat(null, (Coder<Object>) coder, false, false);
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    queues = new WindowQueues(context.sideInputs(), () -> new Batch(format));
    gated.open(context);
  }

  @Override
  public void startBundle() {
    gated.startBundle();
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
    } else {
      waiting.batchFor(window, timestamp.getMillis()).add(value, timestamp, window, pane, metadata);
    }
  }

  @Override
  public void sideInputsChanged() {
    queues().sideInputsChanged();
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

  @Override
  public void finishBundle() {
    gated.finishBundle();
  }

  @Override
  public void flush() {
    gated.flush();
  }

  @Override
  public long hold() {
    return Math.min(queues().earliest(), gated.hold());
  }

  @Override
  public void close() throws Exception {
    gated.close();
  }

  private WindowQueues queues() {
    if (queues == null) {
      throw new IllegalStateException("Not open");
    }
    return queues;
  }
}
