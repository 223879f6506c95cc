package dev.trestle.runner.engine;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.SourceOperator;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes a step a turn, of a fixed number, whenever the test lets it. */
final class StepwiseSource implements SourceOperator {

  private final int steps;
  private final IntPredicate mayTake;
  private final IntConsumer take;
  private final IntToLongFunction watermark;
  private int next;

  /**
   * A source.
   *
   * @param mayTake whether the source may take a step now
   * @param watermark after so many steps
   */
  StepwiseSource(int steps, IntPredicate mayTake, IntConsumer take, IntToLongFunction watermark) {
    this.steps = steps;
    this.mayTake = mayTake;
    this.take = take;
    this.watermark = watermark;
  }

  @Override
  public Progress advance(Slice slice) {
    if (next < steps && !mayTake.test(next)) {
      return Progress.NONE;
    }
    if (next < steps) {
      take.accept(next++);
    }
    return next < steps ? Progress.MADE : Progress.DONE;
  }

  @Override
  public long watermark() {
    return next < steps
        ? watermark.applyAsLong(next)
        : BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
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
