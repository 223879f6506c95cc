package dev.trestle.runner.dofn;

import java.util.Collection;
import java.util.Objects;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The {@code ProcessContext} of an operator, reused for every element. */
final class ElementContext extends DoFn<Object, Object>.ProcessContext {

  private final CurrentElement current;
  private final TaggedOutputs outputs;
  private final OutputPort main;
  private final ViewReader views;
  private final PipelineOptions options;

  ElementContext(
      DoFn<Object, Object> fn,
      CurrentElement current,
      TaggedOutputs outputs,
      ViewReader views,
      PipelineOptions options) {
    fn.super();
    this.current = current;
    this.outputs = outputs;
    main = outputs.main();
    this.views = views;
    this.options = options;
  }

  @Override
  public @Nullable Object element() {
    return current.value;
  }

  @Override
  public Instant timestamp() {
    return current.timestamp;
  }

  @Override
  public PaneInfo pane() {
    return current.pane;
  }

  @Override
  public <T> @Nullable T sideInput(PCollectionView<T> view) {
    return views.get(Objects.requireNonNull(view, "view"), current.window());
  }

  @Override
  public @Nullable String currentRecordId() {
    return current.recordId();
  }

  @Override
  public @Nullable Long currentRecordOffset() {
    return current.recordOffset();
  }

  @Override
  public CausedByDrain causedByDrain() {
    return current.causedByDrain();
  }

  @Override
  public PipelineOptions getPipelineOptions() {
    return options;
  }

  @Override
  public void output(@Nullable Object output) {
    main.output(output);
  }

  @Override
  public void outputWithTimestamp(@Nullable Object output, Instant timestamp) {
    main.outputWithTimestamp(output, timestamp);
  }

  @Override
  public void outputWindowedValue(
      @Nullable Object output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    main.outputWindowedValue(output, timestamp, windows, pane);
  }

  @Override
  public void outputWindowedValue(WindowedValue<Object> output) {
    main.outputWindowedValue(output);
  }

  @Override
  public <T> void output(TupleTag<T> tag, T output) {
    outputs.port(tag).output(output);
  }

  @Override
  public <T> void outputWithTimestamp(TupleTag<T> tag, T output, Instant timestamp) {
    outputs.port(tag).outputWithTimestamp(output, timestamp);
  }

  @Override
  public <T> void outputWindowedValue(
      TupleTag<T> tag,
      T output,
      Instant timestamp,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    outputs.port(tag).outputWindowedValue(output, timestamp, windows, pane);
  }

  @Override
  public <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> output) {
    outputs.port(tag).outputWindowedValue(output);
  }
}
