package dev.trestle.runner.dofn;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Collection;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The gate in front of a root. Elements that wait keep the watermark back that the root is told.
 */
final class StableInputBatchGate extends StableGate<InputOperator> implements InputOperator {

  private final HeldWatermark watermark;

  /**
   * A gate.
   *
   * @param gated owned by the gate from here on
   * @param format of the batches it reads
   * @param input its elements
   */
  StableInputBatchGate(InputOperator gated, EdgeFormat format, Collection input) {
    super(gated, format, input.windowCoder());
    watermark = new HeldWatermark(gated);
  }

  @Override
  public void accept(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      queue().arriving().addFrom(batch, i, batch.windows(i));
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
    return watermark.passOn(queue().earliest(), slice);
  }

  @Override
  public boolean release(Slice slice) {
    if (!behind().release(slice)) {
      return false;
    }
    if (watermark.isFiring() && !watermark.passOn(queue().earliest(), slice)) {
      return false; // a root takes no batch before it has fired all that is due
    }
    while (!slice.isUsedUp()) {
      Batch batch = queue().poll();
      if (batch == null) {
        return watermark.passOn(queue().earliest(), slice);
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
  public Progress advance(Slice slice) {
    return gated.advance(slice);
  }

  @Override
  public long nextWakeup() {
    return gated.nextWakeup();
  }
}
