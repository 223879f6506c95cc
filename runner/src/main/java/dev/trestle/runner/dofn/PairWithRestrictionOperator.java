package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gives each element of a splittable DoFn its initial restriction and watermark estimator state.
 */
final class PairWithRestrictionOperator extends RestrictionPreparation<RestrictionArguments> {

  private final Step.PairWithRestriction step;
  private final Receiver output;

  PairWithRestrictionOperator(Step.PairWithRestriction step, Receiver[] outputs) {
    super(step.transform(), step.fn());
    this.step = step;
    output = outputs[0];
  }

  @Override
  Running<RestrictionArguments> start(DoFnInstance instance, OperatorContext context) {
    DoFnSignature signature = instance.signature();
    return new Running<>(
        instance,
        new RestrictionArguments(instance, step.fn(), NoOutputs.of(step.fn()), context),
        RestrictionArguments.observesWindow(
            context,
            signature.getInitialRestriction(),
            signature.getInitialWatermarkEstimatorState()));
  }

  @Override
  void prepare(
      Running<RestrictionArguments> open,
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    DoFnInstance instance = open.instance();
    DoFnInvoker<Object, Object> invoker = instance.invoker();
    RestrictionArguments arguments = open.arguments();
    Object restriction;
    Object estimatorState;
    arguments.current.set(value, timestamp, windows, pane, metadata);
    MetricsContainer before = instance.enter();
    try {
      restriction = invoker.invokeGetInitialRestriction(arguments);
      arguments.set(restriction, null);
      estimatorState = invoker.invokeGetInitialWatermarkEstimatorState(arguments);
    } catch (RuntimeException e) {
      throw instance.failed(e);
    } finally {
      instance.exit(before);
    }
    output.accept(
        KV.of(value, KV.of(restriction, estimatorState)), timestamp, windows, pane, metadata);
  }
}
