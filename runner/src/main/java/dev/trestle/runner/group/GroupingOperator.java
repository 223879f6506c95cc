package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.BatchOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import java.io.IOException;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the operators that group with a {@link Reduction} have in common. */
abstract class GroupingOperator extends BatchOperator {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  final Reduction reduction;
  final GroupingRules rules;
  final KeyCodec keys;
  private final Receiver output;
  private @Nullable OperatorContext context;

  GroupingOperator(EdgeFormat format, Reduction reduction, GroupingRules rules, Receiver output) {
    this.reduction = reduction;
    this.rules = rules;
    this.output = output;
    keys = new KeyCodec(format);
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    context = operatorContext;
    reduction.open(operatorContext);
  }

  @Override
  public final void accept(Batch batch) {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(context().metrics());
    try {
      add(batch);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  /** As {@link #accept(Batch)}; a CombineFn's metrics count for this transform. */
  abstract void add(Batch batch);

  @Override
  public final boolean advanceWatermark(long watermark, Slice share) {
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(context().metrics());
    try {
      return fire(watermark, share);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  /** As {@link #advanceWatermark}; a CombineFn's metrics count for this transform. */
  abstract boolean fire(long watermark, Slice share);

  final void emit(
      @Nullable Object key,
      @Nullable Object grouped,
      Instant timestamp,
      BoundedWindow window,
      PaneInfo pane) {
    output.accept(KV.of(key, grouped), timestamp, window, pane, causedByDrain());
  }

  private @Nullable Metadata causedByDrain() {
    OperatorContext opened = context();
    return opened.isDraining() && opened.inputWatermark() >= END ? Metadata.DRAIN : null;
  }

  @Override
  public void startBundle() {}

  @Override
  public void finishBundle() {}

  @Override
  public void close() {}

  @Override
  public final Progress advance(Slice share) {
    return Progress.NONE;
  }

  @Override
  public final long nextWakeup() {
    return Long.MAX_VALUE;
  }

  final OperatorContext context() {
    if (context == null) {
      throw new IllegalStateException("Not open");
    }
    return context;
  }
}
