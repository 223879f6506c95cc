package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.TupleTag;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The arguments of {@code @FinishBundle}. */
final class FinishBundleArguments extends BundleArguments {

  private final class Context extends DoFn<Object, Object>.FinishBundleContext {
    Context(DoFn<Object, Object> fn) {
      fn.super();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return context.options();
    }

    @Override
    public void output(@Nullable Object output, Instant timestamp, BoundedWindow window) {
      outputs.main().outputDetached(output, timestamp, window);
    }

    @Override
    public <T> void output(TupleTag<T> tag, T output, Instant timestamp, BoundedWindow window) {
      outputs.port(tag).outputDetached(output, timestamp, window);
    }
  }

  private final TaggedOutputs outputs;
  private final Context bundleContext;

  FinishBundleArguments(DoFn<Object, Object> fn, TaggedOutputs outputs, OperatorContext context) {
    super(context, "@FinishBundle");
    this.outputs = outputs;
    bundleContext = new Context(fn);
  }

  @Override
  public DoFn<Object, Object>.FinishBundleContext finishBundleContext(DoFn<Object, Object> fn) {
    return bundleContext;
  }
}
