package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.DoFnSpec;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of {@code @ProcessElement}, and of the other methods that are called for an
 * element. Reused for every element. What an ordinary DoFn may not ask for is refused by Beam's
 * base class.
 */
class ElementArguments extends BaseArgumentProvider<Object, Object> {

  final CurrentElement current;
  private final TaggedOutputs outputs;
  private final OutputPort main;
  private final ViewReader views;
  private final OperatorContext context;
  private final PipelineOptions options;
  private final ElementContext processContext;
  private final SerializableFunction<Object, Object>[] fieldConverters;

  @SuppressWarnings("unchecked") // the converters of a fn take the fn's elements
  ElementArguments(
      DoFnInstance instance,
      DoFnSpec spec,
      Receiver[] receivers,
      TimestampBounds bounds,
      OperatorContext context) {
    this.context = context;
    current = new CurrentElement();
    outputs = new TaggedOutputs(spec, receivers, current, bounds);
    main = outputs.main();
    views = new ViewReader(spec.views(), context.sideInputs());
    options = context.options();
    processContext = new ElementContext(instance.fn(), current, outputs, views, options);
    fieldConverters =
        spec.schema()
            .getElementConverters()
            .toArray((SerializableFunction<Object, Object>[]) new SerializableFunction<?, ?>[0]);
  }

  /** Forgets what holds for one bundle only. */
  void startBundle() {
    views.startBundle();
  }

  final TaggedOutputs outputs() {
    return outputs;
  }

  @Override
  public final DoFn<Object, Object>.ProcessContext processContext(DoFn<Object, Object> fn) {
    return processContext;
  }

  @Override
  public final @Nullable Object element(DoFn<Object, Object> fn) {
    return current.value;
  }

  @Override
  public final @Nullable Object schemaElement(int index) {
    return fieldConverters[index].apply(current.value);
  }

  @Override
  public final Instant timestamp(DoFn<Object, Object> fn) {
    return current.timestamp;
  }

  @Override
  public final BoundedWindow window() {
    return current.window();
  }

  @Override
  public final PaneInfo paneInfo(DoFn<Object, Object> fn) {
    return current.pane;
  }

  @Override
  public final CausedByDrain causedByDrain(DoFn<Object, Object> fn) {
    return current.causedByDrain();
  }

  @Override
  public final @Nullable Object sideInput(String tag) {
    return views.get(tag, current.window());
  }

  @Override
  public final PipelineOptions pipelineOptions() {
    return options;
  }

  @Override
  public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> fn) {
    return main;
  }

  @Override
  public final OutputReceiver<Row> outputRowReceiver(DoFn<Object, Object> fn) {
    return outputs.mainRows();
  }

  @Override
  public final MultiOutputReceiver taggedOutputReceiver(DoFn<Object, Object> fn) {
    return outputs;
  }

  @Override
  public final BundleFinalizer bundleFinalizer() {
    return context.bundleFinalizer();
  }

  @Override
  public final String getErrorContext() {
    return context.stepName();
  }
}
