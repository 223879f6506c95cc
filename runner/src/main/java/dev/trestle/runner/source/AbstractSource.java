package dev.trestle.runner.source;

import dev.trestle.runner.operator.ImmediateOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.SourceOperator;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** What sources have in common: no input, no bundle work. */
abstract class AbstractSource extends ImmediateOperator implements SourceOperator {

  private @Nullable OperatorContext context;

  @Override
  public void open(OperatorContext operatorContext) throws Exception {
    context = operatorContext;
  }

  final OperatorContext opened() {
    if (context == null) {
      throw new IllegalStateException("Not open");
    }
    return context;
  }

  @Override
  public final void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new UnsupportedOperationException("A source has no input");
  }

  @Override
  public void startBundle() {}

  @Override
  public void finishBundle() {}

  @Override
  public boolean isIdle() {
    return false;
  }

  @Override
  public long nextWakeup() {
    return Long.MIN_VALUE;
  }

  @Override
  public void close() throws Exception {}
}
