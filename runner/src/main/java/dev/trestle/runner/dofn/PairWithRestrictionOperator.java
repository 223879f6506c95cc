package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Gives each element of a splittable DoFn its initial restriction and watermark estimator state.
 * The DoFn is set up and torn down but hears of no bundles; those are for {@link
 * ProcessSizedElementsOperator}.
 */
final class PairWithRestrictionOperator implements Operator {

  /** What there is from open to close. */
  private record Running(
      DoFnInstance instance, RestrictionArguments arguments, boolean observesWindow) {

    static Running open(Step.PairWithRestriction step, OperatorContext context) {
      DoFnInstance instance = DoFnInstance.setUp(step.fn(), context);
      DoFnSignature signature = instance.signature();
      return new Running(
          instance,
          new RestrictionArguments(instance, step.fn(), NoOutputs.of(step.fn()), context),
          RestrictionArguments.observesWindow(
              context,
              signature.getInitialRestriction(),
              signature.getInitialWatermarkEstimatorState()));
    }
  }

  private final Step.PairWithRestriction step;
  private final Receiver output;
  private @Nullable Running running;

  PairWithRestrictionOperator(Step.PairWithRestriction step, Receiver[] outputs) {
    this.step = step;
    output = outputs[0];
  }

  @Override
  public void open(OperatorContext context) {
    running = Running.open(step, context);
  }

  @Override
  public void startBundle() {
    Running open = running();
    open.arguments.startBundle();
    open.instance.beginBundle();
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    Running open = running();
    if (!open.observesWindow || windows instanceof BoundedWindow) {
      pair(open, value, timestamp, windows, pane, metadata);
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      pair(open, value, timestamp, window, pane, metadata);
    }
  }

  private void pair(
      Running open,
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    DoFnInstance instance = open.instance;
    DoFnInvoker<Object, Object> invoker = instance.invoker();
    RestrictionArguments arguments = open.arguments;
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

  @Override
  public void finishBundle() {
    running().instance.endBundle();
  }

  @Override
  public void flush() {}

  @Override
  public long hold() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    if (running != null) {
      running.instance.tearDown();
    }
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("Not open: " + step.transform().fullName());
    }
    return running;
  }
}
