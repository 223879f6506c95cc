package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.SideInputReader;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a root with side inputs. A batch whose windows are all open passes whole; else
 * its elements are sorted into those that pass and those that wait.
 *
 * <p>Elements that wait keep the watermark back that the root is told: by the time they are
 * released, the root must not take them for late ones.
 */
final class SideInputBatchGate implements InputOperator, SideInputReader {

  private final InputOperator gated;
  private final EdgeFormat format;
  private final ByteKey probe = new ByteKey();
  private @Nullable WindowQueues queues;

  /** What the gate has been told. */
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** What the root has been told, and whether it has fired all that is due. */
  private long passedOn = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private boolean fired = true;

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param format of the batches it reads
   */
  SideInputBatchGate(InputOperator gated, EdgeFormat format) {
    this.gated = gated;
    this.format = format;
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
  public void accept(Batch batch) {
    if (allOpen(batch)) {
      gated.accept(batch);
      return;
    }
    WindowQueues waiting = queues();
    Batch open = new Batch(format);
    for (int i = 0; i < batch.size(); i++) {
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        if (!waiting.isOpen(window)) {
          copy(batch, i, window, waiting.batchFor(window, batch.timestampMillis(i)));
          continue;
        }
        if (open.isFull()) {
          gated.accept(open);
          open = new Batch(format);
        }
        copy(batch, i, window, open);
      }
    }
    if (open.size() > 0) {
      gated.accept(open);
    }
  }

  private boolean allOpen(Batch batch) {
    WindowQueues waiting = queues();
    for (int i = 0; i < batch.size(); i++) {
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        if (!waiting.isOpen(window)) {
          return false;
        }
      }
    }
    return true;
  }

  private void copy(Batch from, int index, BoundedWindow window, Batch to) {
    Instant timestamp = from.timestamp(index);
    PaneInfo pane = from.pane(index);
    Metadata metadata = from.metadata(index);
    if (!format.keyed()) {
      to.add(from.value(index), timestamp, window, pane, metadata);
      return;
    }
    Object key = from.tableKey(index, probe);
    to.addKeyed(
        format.keyByObject() ? key : null,
        probe,
        from.keyHash(index),
        from.value(index),
        timestamp,
        window,
        pane,
        metadata);
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
    watermark = newWatermark;
    return passWatermarkOn(slice);
  }

  private boolean passWatermarkOn(Slice slice) {
    long least = Math.min(watermark, queues().earliest());
    while (!fired || least > passedOn) {
      if (fired) {
        passedOn = least;
      }
      fired = gated.advanceWatermark(passedOn, slice);
      if (!fired) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void sideInputsChanged() {
    queues().sideInputsChanged();
  }

  @Override
  public boolean release(Slice slice) {
    WindowQueues waiting = queues();
    if (!fired && !passWatermarkOn(slice)) {
      return false; // a root takes no batch before it has fired all that is due
    }
    while (!slice.isUsedUp()) {
      Batch batch = waiting.poll();
      if (batch == null) {
        return passWatermarkOn(slice);
      }
      gated.accept(batch);
      slice.spend(batch.size());
    }
    return false;
  }

  @Override
  public Progress advance(Slice slice) {
    return gated.advance(slice);
  }

  @Override
  public long nextWakeup() {
    return gated.nextWakeup();
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
