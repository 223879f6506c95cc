package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Metadata;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sends batches to whichever task has least to do. */
public final class RebalancingEdgeWriter extends OutletWriter {

  private final EdgeFormat format;
  private final int batchSize;

  /** Estimates what elements take that are objects; a batch does not know. */
  private final @Nullable ElementSize objectSize;

  private int next;
  private @Nullable Batch gathering;

  /**
   * A writer.
   *
   * @param batchSize most elements in a batch: one where single elements are heavy (source splits,
   *     restrictions), so that they spread evenly
   */
  public RebalancingEdgeWriter(
      EdgeFormat format,
      List<SingleWriterChannel> channels,
      Relief relief,
      int firstTarget,
      int batchSize) {
    super(new Outlet(channels, relief));
    this.format = format;
    objectSize =
        format.valueByObject() && !EdgeFormat.isIdentity(format.valueCoder())
            ? new ElementSize(format.valueCoder())
            : null;
    next = firstTarget % outlet.size();
    this.batchSize = Math.min(batchSize, Batch.CAPACITY);
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    Batch batch = gathering;
    if (batch == null) {
      batch = new Batch(format, batchSize);
      gathering = batch;
    }
    batch.add(value, timestamp, windows, pane, metadata);
    if (objectSize != null) {
      batch.charge(objectSize.of(value));
    }
    if (batch.isFull()) {
      flush();
    }
  }

  @Override
  public void flush() {
    Batch batch = gathering;
    if (batch != null) {
      gathering = null;
      next = (next + 1) % outlet.size();
      outlet.put(outlet.leastLoaded(next), batch);
    }
  }
}
