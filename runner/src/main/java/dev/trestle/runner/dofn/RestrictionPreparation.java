package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.ImmediateOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.TransformName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes restrictions of a splittable DoFn ready for {@link ProcessSizedElementsOperator}. The DoFn
 * is set up and torn down but hears of no bundles; those are for the operator that processes.
 *
 * @param <A> the arguments of the DoFn's methods that are called here
 */
abstract sealed class RestrictionPreparation<A extends RestrictionArguments>
    extends ImmediateOperator
    permits PairWithRestrictionOperator, SplitAndSizeRestrictionsOperator {

  /**
   * What there is from open to close.
   *
   * @param observesWindow whether an element in several windows must be taken once for each
   */
  record Running<A>(DoFnInstance instance, A arguments, boolean observesWindow) {}

  private final TransformName transform;
  private final DoFnSpec fn;
  private @Nullable Running<A> running;

  RestrictionPreparation(TransformName transform, DoFnSpec fn) {
    this.transform = transform;
    this.fn = fn;
  }

  @Override
  public final void open(OperatorContext context) {
    running = start(DoFnInstance.setUp(fn, context), context);
  }

  /** What is needed besides an instance that has been set up. */
  abstract Running<A> start(DoFnInstance instance, OperatorContext context);

  @Override
  public final void startBundle() {
    Running<A> open = running();
    open.arguments.startBundle();
    open.instance.beginBundle();
  }

  @Override
  public final void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    Running<A> open = running();
    if (!open.observesWindow || windows instanceof BoundedWindow) {
      prepare(open, value, timestamp, windows, pane, metadata);
      return;
    }
    for (BoundedWindow window : Windows.all(windows)) {
      prepare(open, value, timestamp, window, pane, metadata);
    }
  }

  /** As {@link #accept}, once for each window where the DoFn looks at it. */
  abstract void prepare(
      Running<A> open,
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata);

  @Override
  public final void finishBundle() {
    running().instance.endBundle();
  }

  @Override
  public final void close() {
    if (running != null) {
      running.instance.tearDown();
    }
  }

  private Running<A> running() {
    if (running == null) {
      throw new IllegalStateException("Not open: " + transform.fullName());
    }
    return running;
  }
}
