package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.ImmediateOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Calls a DoFn without state, timers or restriction. Where the step has side inputs, a {@link
 * SideInputGate} stands in front and lets only elements pass that can be processed.
 */
final class ParDoOperator extends ImmediateOperator {

  /** What there is from open to close. */
  private static final class Running {
    final DoFnInstance instance;
    final DoFnInvoker<Object, Object> invoker;
    final ElementArguments arguments;
    final CurrentElement current;

    /** Whether an element in several windows must be processed once for each. */
    final boolean observesWindow;

    Running(Step.ParDo step, Receiver[] outputs, OperatorContext context) {
      instance = DoFnInstance.setUp(step.fn(), context);
      invoker = instance.invoker();
      arguments =
          new ElementArguments(
              instance, step.fn(), outputs, TimestampBounds.of(instance.fn()), context);
      current = arguments.current;
      observesWindow =
          instance.signature().processElement().observesWindow() || !context.sideInputs().isEmpty();
    }

    void process(
        @Nullable Object value,
        Instant timestamp,
        Object windows,
        PaneInfo pane,
        @Nullable Metadata metadata) {
      current.set(value, timestamp, windows, pane, metadata);
      MetricsContainer before = instance.enter();
      try {
        invoker.invokeProcessElement(arguments);
      } catch (RuntimeException e) {
        throw instance.failed(e);
      } finally {
        instance.exit(before);
      }
    }
  }

  private final Step.ParDo step;
  private final Receiver[] outputs;
  private @Nullable Running running;

  /**
   * A ParDo.
   *
   * @param outputs in the order of the fn's output tags
   */
  ParDoOperator(Step.ParDo step, Receiver[] outputs) {
    this.step = step;
    this.outputs = outputs.clone();
  }

  @Override
  public void open(OperatorContext context) {
    running = new Running(step, outputs, context);
  }

  @Override
  public void startBundle() {
    Running open = running();
    open.arguments.startBundle();
    open.instance.startBundle();
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
      open.process(value, timestamp, windows, pane, metadata);
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      open.process(value, timestamp, window, pane, metadata);
    }
  }

  @Override
  public void finishBundle() {
    Running open = running();
    open.instance.finishBundle(open.arguments.outputs());
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
