package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.DoFnSpec;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.MethodWithExtraParameters;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a splittable DoFn's methods. A tracker or estimator that has not been given is
 * made when a method asks for it.
 */
class RestrictionArguments extends ElementArguments {

  private final DoFnInstance instance;
  private @Nullable Object restriction;
  private @Nullable Object estimatorState;
  private @Nullable RestrictionTracker<Object, Object> tracker;
  private @Nullable WatermarkEstimator<Object> estimator;

  RestrictionArguments(
      DoFnInstance instance, DoFnSpec spec, Receiver[] receivers, OperatorContext context) {
    super(instance, spec, receivers, TimestampBounds.anyPast(), context);
    this.instance = instance;
  }

  /** Says which restriction the next call is about. */
  final void set(@Nullable Object newRestriction, @Nullable Object newEstimatorState) {
    restriction = newRestriction;
    estimatorState = newEstimatorState;
    tracker = null;
    estimator = null;
  }

  /** Replaces the tracker of the next call. */
  final void give(RestrictionTracker<Object, Object> newTracker) {
    tracker = newTracker;
  }

  @Override
  public final @Nullable Object restriction() {
    return restriction;
  }

  @Override
  public final @Nullable Object watermarkEstimatorState() {
    return estimatorState;
  }

  @Override
  public final RestrictionTracker<Object, Object> restrictionTracker() {
    if (tracker == null) {
      tracker = instance.invoker().invokeNewTracker(this);
    }
    return tracker;
  }

  @Override
  public final WatermarkEstimator<Object> watermarkEstimator() {
    if (estimator == null) {
      estimator = instance.invoker().invokeNewWatermarkEstimator(this);
    }
    return estimator;
  }

  /** Whether any of these methods, as far as the author wrote them, looks at the window. */
  static boolean observesWindow(
      OperatorContext context, @Nullable MethodWithExtraParameters... methods) {
    for (MethodWithExtraParameters method : methods) {
      if (method != null && method.observesWindow()) {
        return true;
      }
    }
    return !context.sideInputs().isEmpty();
  }
}
