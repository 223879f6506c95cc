package dev.trestle.runner.sideinput;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a side input: groups all its elements under one key by the collection's own windows and
 * trigger. Each pane goes to a {@link ViewPublisher}.
 */
public final class ViewOperator implements InputOperator {

  private final InputOperator grouping;
  private final EdgeFormat keyedFormat;
  private final ViewPublisher publisher;

  /**
   * A view.
   *
   * @param grouping groups batches of {@code keyedFormat} and hands panes to a publisher
   * @param keyedFormat the void key and the collection's elements
   * @param publisher the output of {@code grouping}
   */
  public ViewOperator(InputOperator grouping, EdgeFormat keyedFormat, ViewPublisher publisher) {
    this.grouping = grouping;
    this.keyedFormat = keyedFormat;
    this.publisher = publisher;
  }

  @Override
  public void accept(Batch batch) {
    grouping.accept(batch.withEmptyKey(keyedFormat));
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new UnsupportedOperationException("A view reads batches");
  }

  @Override
  public boolean advanceWatermark(long watermark, Slice slice) {
    return grouping.advanceWatermark(watermark, slice);
  }

  @Override
  public Progress advance(Slice slice) {
    return grouping.advance(slice);
  }

  @Override
  public long nextWakeup() {
    return grouping.nextWakeup();
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    publisher.open(context);
    grouping.open(context);
  }

  @Override
  public void startBundle() {
    grouping.startBundle();
  }

  @Override
  public void finishBundle() {
    grouping.finishBundle();
  }

  @Override
  public void flush() {
    grouping.flush();
  }

  @Override
  public long hold() {
    return grouping.hold();
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    grouping.snapshot(out);
  }

  @Override
  public void close() throws Exception {
    grouping.close();
  }
}
