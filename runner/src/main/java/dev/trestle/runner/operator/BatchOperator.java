package dev.trestle.runner.operator;

import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The root of a stage that takes its elements by the batch and never one by one. What it keeps
 * waits for a time and holds the watermark until then, so there is nothing to flush.
 */
public abstract class BatchOperator implements InputOperator {

  @Override
  public final void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    throw new UnsupportedOperationException(getClass().getSimpleName() + " reads batches");
  }

  @Override
  public final void flush() {}
}
