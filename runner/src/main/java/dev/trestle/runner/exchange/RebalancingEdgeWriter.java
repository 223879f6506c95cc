package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Metadata;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches to whichever task has least to do. The first ones are small, and none is more than
 * a small part of what has been sent: nobody knows how much work an element is, and a hundred of
 * them may be all that there are.
 */
public final class RebalancingEdgeWriter extends OutletWriter {

  /** How many batches of one size each task gets before they are larger. */
  private static final int BATCHES_OF_A_SIZE = 8;

  private final EdgeFormat format;
  private final int mostInBatch;

  /** Estimates what elements take that are objects; a batch does not know. */
  private final @Nullable ElementSize objectSize;

  private int next;
  private long sent;
  private @Nullable Batch gathering;

  /**
   * A writer.
   *
   * @param mostInBatch most elements in a batch: one where single elements are heavy for certain
   *     (source splits, restrictions)
   */
  public RebalancingEdgeWriter(
      EdgeFormat format,
      List<SingleWriterChannel> channels,
      Relief relief,
      int firstTarget,
      int mostInBatch) {
    super(new Outlet(channels, relief));
    this.format = format;
    objectSize =
        format.valueByObject() && !EdgeFormat.isIdentity(format.valueCoder())
            ? new ElementSize(format.valueCoder())
            : null;
    next = firstTarget % outlet.size();
    this.mostInBatch = Math.min(mostInBatch, Batch.CAPACITY);
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
      batch = new Batch(format, batchSize());
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

  private int batchSize() {
    long size = 1 + sent / ((long) BATCHES_OF_A_SIZE * outlet.size());
    return (int) Math.min(size, mostInBatch);
  }

  @Override
  public void flush() {
    Batch batch = gathering;
    if (batch != null) {
      gathering = null;
      sent += batch.size();
      next = (next + 1) % outlet.size();
      outlet.put(outlet.leastLoaded(next), batch);
    }
  }
}
