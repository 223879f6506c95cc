package dev.trestle.runner.engine;

import dev.trestle.runner.operator.ImmediateOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SourceOperator;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Never has anything to read, and does not end. */
class EmptySource extends ImmediateOperator implements SourceOperator {

  @Override
  public void open(OperatorContext context) {}

  @Override
  public Progress advance(Slice slice) {
    return Progress.NONE;
  }

  @Override
  public long watermark() {
    return 0;
  }

  @Override
  public boolean isIdle() {
    return false;
  }

  @Override
  public long nextWakeup() {
    return Long.MAX_VALUE;
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new AssertionError("A source is given nothing");
  }

  @Override
  public void startBundle() {}

  @Override
  public void finishBundle() {}

  @Override
  public void close() {}
}
