package dev.trestle.runner.operator;

import dev.trestle.runner.exchange.Batch;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Passes the elements of an edge on as they are. */
public final class RedistributeOperator extends StatelessOperator implements InputOperator {

  private final Receiver output;

  public RedistributeOperator(Receiver output) {
    this.output = output;
  }

  @Override
  public void accept(Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      output.accept(
          batch.element(i), batch.timestamp(i), batch.windows(i), batch.pane(i), batch.metadata(i));
    }
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    output.accept(value, timestamp, windows, pane, metadata);
  }

  @Override
  public boolean advanceWatermark(long watermark, Slice slice) {
    return true;
  }

  @Override
  public Progress advance(Slice slice) {
    return Progress.NONE;
  }

  @Override
  public long nextWakeup() {
    return Long.MAX_VALUE;
  }
}
