package dev.trestle.runner.harness;

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
 * Has transforms run that have state or timers, key by key. One bundle is out at a time, so that a
 * key's elements and timers keep their order; timers fire in bundles of their own, when all that
 * came before them has been done.
 */
final class KeyedHarnessOperator implements InputOperator {

  private final HarnessStep step;
  private final EdgeFormat input;
  private @Nullable KeyedRun run;

  /**
   * An operator.
   *
   * @param input the format of the batches that it reads
   */
  KeyedHarnessOperator(HarnessStep step, EdgeFormat input) {
    this.step = step;
    this.input = input;
  }

  @Override
  public void open(OperatorContext context) throws Exception {
    run = KeyedRun.open(step, input, context);
  }

  @Override
  public void startBundle() {}

  @Override
  public void accept(Batch batch) {
    run().accept(batch);
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
  public boolean advanceWatermark(long watermark, Slice slice) {
    return run().advanceWatermark(watermark, slice);
  }

  @Override
  public Progress advance(Slice slice) {
    return run().advance(slice);
  }

  @Override
  public long nextWakeup() {
    return run().nextWakeup();
  }

  @Override
  public void finishBundle() {
    run().bundles().endIfDue();
  }

  @Override
  public void flush() {
    run().bundles().flush();
  }

  @Override
  public long hold() {
    return run().hold();
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    run().snapshot(out);
  }

  @Override
  public void close() {
    if (run != null) {
      run.close();
    }
  }

  private KeyedRun run() {
    if (run == null) {
      throw new IllegalStateException("Not open: " + step.transform());
    }
    return run;
  }
}
