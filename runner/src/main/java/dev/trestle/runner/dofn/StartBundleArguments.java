package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;

/** The arguments of {@code @StartBundle}. */
final class StartBundleArguments extends BundleArguments {

  private final class Context extends DoFn<Object, Object>.StartBundleContext {
    Context(DoFn<Object, Object> fn) {
      fn.super();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return context.options();
    }
  }

  private final Context bundleContext;

  StartBundleArguments(DoFn<Object, Object> fn, OperatorContext context) {
    super(context, "@StartBundle");
    bundleContext = new Context(fn);
  }

  @Override
  public DoFn<Object, Object>.StartBundleContext startBundleContext(DoFn<Object, Object> fn) {
    return bundleContext;
  }
}
