package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker.BaseArgumentProvider;

/** What the methods that begin and end a bundle may both ask for. */
abstract sealed class BundleArguments extends BaseArgumentProvider<Object, Object>
    permits StartBundleArguments, FinishBundleArguments {

  final OperatorContext context;
  private final String method;

  BundleArguments(OperatorContext context, String method) {
    this.context = context;
    this.method = method;
  }

  @Override
  public final PipelineOptions pipelineOptions() {
    return context.options();
  }

  @Override
  public final BundleFinalizer bundleFinalizer() {
    return context.bundleFinalizer();
  }

  @Override
  public final String getErrorContext() {
    return method + " of " + context.stepName();
  }
}
