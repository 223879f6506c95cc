package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Collection;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The gate in front of a root. A batch whose windows are all open passes whole; else its elements
 * are sorted into those that pass and those that wait, as they stand in the batch.
 *
 * <p>Elements that wait keep the watermark back that the root is told: by the time they are
 * released, the root must not take them for late ones.
 */
final class SideInputBatchGate extends Gate<InputOperator> implements InputOperator {

  private final EdgeFormat format;
  private final LongSupplier earliestWindowEnd;
  private final HeldWatermark watermark;

  /** Gathers those elements of a batch that pass; null between batches. */
  private @Nullable Batch passing;

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param format of the batches it reads
   * @param input its elements
   * @param earliestWindowEnd what the operator answers to {@link #earliestWindowEnd}
   */
  SideInputBatchGate(
      InputOperator gated, EdgeFormat format, Collection input, LongSupplier earliestWindowEnd) {
    super(gated, format, input.windowCoder());
    this.format = format;
    this.earliestWindowEnd = earliestWindowEnd;
    watermark = new HeldWatermark(gated);
  }

  @Override
  public void accept(Batch batch) {
    if (allOpen(batch)) {
      gated.accept(batch);
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      if (batch.windows(i) instanceof BoundedWindow window) {
        admit(batch, i, window);
        continue;
      }
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        admit(batch, i, window);
      }
    }
    pass();
  }

  private boolean allOpen(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (!allOpen(batch.windows(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean allOpen(Object windows) {
    WindowQueues waiting = queues();
    if (windows instanceof BoundedWindow window) {
      return waiting.isOpen(window);
    }
    for (BoundedWindow window : Windows.all(windows)) {
      if (!waiting.isOpen(window)) {
        return false;
      }
    }
    return true;
  }

  private void admit(Batch batch, int index, BoundedWindow window) {
    if (!queues().isOpen(window)) {
      QueueStore.Queue queue = queue(window);
      if (queue != null) {
        queue.addFrom(batch, index, window);
      }
      return;
    }
    Batch open = passing;
    if (open == null) {
      open = new Batch(format);
      passing = open;
    }
    open.addFrom(batch, index, window);
    if (open.isFull()) {
      pass();
    }
  }

  private void pass() {
    Batch open = passing;
    if (open != null) {
      passing = null;
      gated.accept(open);
    }
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new UnsupportedOperationException("A root reads batches");
  }

  @Override
  public boolean advanceWatermark(long newWatermark, Slice slice) {
    watermark.advance(newWatermark);
    return watermark.passOn(queues().earliest(), slice);
  }

  @Override
  public boolean release(Slice slice) {
    WindowQueues waiting = queues();
    if (watermark.isFiring() && !watermark.passOn(waiting.earliest(), slice)) {
      return false; // a root takes no batch before it has fired all that is due
    }
    while (!slice.isUsedUp()) {
      Batch batch = waiting.poll();
      if (batch == null) {
        return watermark.passOn(waiting.earliest(), slice);
      }
      gated.accept(batch);
      slice.spend(batch.size());
    }
    return false;
  }

  @Override
  public long hold() {
    return Math.min(watermark.hold(), super.hold());
  }

  @Override
  public long earliestWindowEnd() {
    return earliestWindowEnd.getAsLong();
  }

  @Override
  public Progress advance(Slice slice) {
    return gated.advance(slice);
  }

  @Override
  public long nextWakeup() {
    return gated.nextWakeup();
  }
}
