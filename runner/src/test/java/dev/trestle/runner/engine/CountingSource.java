package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.SourceOperator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** KV(n mod keys, n) for every n below a limit; the watermark is the last n. */
final class CountingSource implements SourceOperator {

  private final Receiver output;
  private final long limit;
  private final int keys;
  private final boolean inOneCall;
  private long next;

  CountingSource(Receiver output, long limit, int keys, boolean inOneCall) {
    this.output = output;
    this.limit = limit;
    this.keys = keys;
    this.inOneCall = inOneCall;
  }

  @Override
  public Progress advance(Slice slice) {
    while (next < limit && (inOneCall || !slice.isUsedUp())) {
      output.accept(
          KV.of(next % keys, next),
          Instant.ofEpochMilli(next),
          GlobalWindow.INSTANCE,
          PaneInfo.NO_FIRING,
          null);
      next++;
      slice.spend();
    }
    return next < limit ? Progress.MADE : Progress.DONE;
  }

  @Override
  public long watermark() {
    return next < limit ? next : BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  }

  @Override
  public boolean isIdle() {
    return false;
  }

  @Override
  public long nextWakeup() {
    return Long.MIN_VALUE;
  }

  @Override
  public void open(OperatorContext context) {}

  @Override
  public void startBundle() {}

  @Override
  public void finishBundle() {}

  @Override
  public void flush() {}

  @Override
  public void snapshot(SnapshotWriter out) {}

  @Override
  public long hold() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {}

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new AssertionError("A source is given nothing");
  }
}
