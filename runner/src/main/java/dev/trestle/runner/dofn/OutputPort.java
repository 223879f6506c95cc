package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import java.util.Collection;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.WindowedValueReceiver;
import org.apache.beam.sdk.values.OutputBuilder;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** One output of an operator, as the user's code writes to it. Reused for every element. */
final class OutputPort implements OutputReceiver<Object> {

  private final CurrentElement current;
  private final Receiver receiver;
  private final TimestampBounds bounds;
  private final WindowedValueReceiver<Object> builtOutputs = this::outputWindowedValue;

  OutputPort(CurrentElement current, Receiver receiver, TimestampBounds bounds) {
    this.current = current;
    this.receiver = receiver;
    this.bounds = bounds;
  }

  @Override
  public void output(@Nullable Object value) {
    receiver.accept(value, current.timestamp, current.windows, current.pane, current.metadata);
  }

  @Override
  public void outputWithTimestamp(@Nullable Object value, Instant timestamp) {
    bounds.check(timestamp, current.timestamp);
    receiver.accept(value, timestamp, current.windows, current.pane, current.metadata);
  }

  @Override
  public void outputWindowedValue(
      @Nullable Object value,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    bounds.check(timestamp, current.timestamp);
    receiver.accept(value, timestamp, Windows.flat(windows), pane, current.metadata);
  }

  /** Hands on an output that brings everything with it. */
  void outputWindowedValue(WindowedValue<?> output) {
    bounds.check(output.getTimestamp(), current.timestamp);
    receiver.accept(
        output.getValue(),
        output.getTimestamp(),
        Windows.of(output),
        output.getPaneInfo(),
        Metadata.of(output));
  }

  /** Hands on an output that belongs to no element: from {@code @FinishBundle}. */
  void outputDetached(@Nullable Object value, Instant timestamp, BoundedWindow window) {
    receiver.accept(value, timestamp, window, PaneInfo.NO_FIRING, null);
  }

  @Override
  public OutputBuilder<Object> builder(Object value) {
    return current.builder(value).setReceiver(builtOutputs);
  }

  CurrentElement current() {
    return current;
  }
}
