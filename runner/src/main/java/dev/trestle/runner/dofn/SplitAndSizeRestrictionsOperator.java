package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.OutputBuilder;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Splits each restriction of a splittable DoFn and adds the size of each part. */
final class SplitAndSizeRestrictionsOperator
    extends RestrictionPreparation<SplitAndSizeRestrictionsOperator.SplitArguments> {

  /** The arguments of {@code @SplitRestriction}, whose outputs are restrictions. */
  static final class SplitArguments extends RestrictionArguments implements OutputReceiver<Object> {

    private final DoFnInstance instance;
    private final RestrictionArguments sizeArguments;
    private final Receiver output;

    SplitArguments(DoFnInstance instance, DoFnSpec spec, Receiver output, OperatorContext context) {
      super(instance, spec, NoOutputs.of(spec), context);
      this.instance = instance;
      this.output = output;
      sizeArguments = new RestrictionArguments(instance, spec, NoOutputs.of(spec), context);
    }

    @Override
    public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> fn) {
      return this;
    }

    @Override
    public void output(@Nullable Object split) {
      sizeArguments.current.set(
          current.value, current.timestamp, current.windows, current.pane, current.metadata);
      sizeArguments.set(split, watermarkEstimatorState());
      double size = instance.invoker().invokeGetSize(sizeArguments);
      output.accept(
          KV.of(KV.of(current.value, KV.of(split, watermarkEstimatorState())), size),
          current.timestamp,
          current.windows,
          current.pane,
          current.metadata);
    }

    @Override
    public OutputBuilder<Object> builder(Object split) {
      return current.builder(split).setReceiver(built -> output(built.getValue()));
    }

    @Override
    void startBundle() {
      super.startBundle();
      sizeArguments.startBundle();
    }
  }

  private final Step.SplitAndSizeRestrictions step;
  private final Receiver output;

  SplitAndSizeRestrictionsOperator(Step.SplitAndSizeRestrictions step, Receiver[] outputs) {
    super(step.transform(), step.fn());
    this.step = step;
    output = outputs[0];
  }

  @Override
  Running<SplitArguments> start(DoFnInstance instance, OperatorContext context) {
    DoFnSignature signature = instance.signature();
    return new Running<>(
        instance,
        new SplitArguments(instance, step.fn(), output, context),
        RestrictionArguments.observesWindow(
            context, signature.splitRestriction(), signature.newTracker(), signature.getSize()));
  }

  @Override
  void prepare(
      Running<SplitArguments> open,
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (!(value instanceof KV<?, ?> pair) || !(pair.getValue() instanceof KV<?, ?> restricted)) {
      throw new IllegalArgumentException("Not an element with its restriction: " + value);
    }
    DoFnInstance instance = open.instance();
    SplitArguments arguments = open.arguments();
    arguments.current.set(pair.getKey(), timestamp, windows, pane, metadata);
    arguments.set(restricted.getKey(), restricted.getValue());
    MetricsContainer before = instance.enter();
    try {
      instance.invoker().invokeSplitRestriction(arguments);
    } catch (RuntimeException e) {
      throw instance.failed(e);
    } finally {
      instance.exit(before);
    }
  }
}
