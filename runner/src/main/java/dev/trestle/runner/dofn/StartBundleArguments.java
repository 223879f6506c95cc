package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;

/** The arguments of {@code @StartBundle}. */
final class StartBundleArguments extends BaseArgumentProvider<Object, Object> {

  private final class Context extends DoFn<Object, Object>.StartBundleContext {
    Context(DoFn<Object, Object> fn) {
      fn.super();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return context.options();
    }
  }

  private final OperatorContext context;
  private final Context bundleContext;

  StartBundleArguments(DoFn<Object, Object> fn, OperatorContext context) {
    this.context = context;
    bundleContext = new Context(fn);
  }

  @Override
  public DoFn<Object, Object>.StartBundleContext startBundleContext(DoFn<Object, Object> fn) {
    return bundleContext;
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return context.options();
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    return context.bundleFinalizer();
  }

  @Override
  public String getErrorContext() {
    return "@StartBundle of " + context.stepName();
  }
}
