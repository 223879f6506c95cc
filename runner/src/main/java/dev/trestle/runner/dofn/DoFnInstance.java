package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.translation.graph.DoFnSpec;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.SystemDoFnInternal;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * One task's instance of a DoFn, from setup to teardown.
 *
 * <p>Every call of the user's code stands between {@link #enter} and {@link #exit}, which make the
 * step's metrics the thread's current ones: an operator downstream runs inside our output calls, so
 * each call sets them and puts the previous ones back. Beam's holder of them is fetched once a
 * bundle, because the next bundle may run on another thread.
 */
final class DoFnInstance {

  private enum State {
    /** Between bundles. */
    IDLE,
    /** Between the start and the end of a bundle. */
    IN_BUNDLE,
    /** A call has thrown. Nothing but teardown may follow, whatever the author's code caught. */
    FAILED,
    /** Teardown has been called. */
    TORN_DOWN
  }

  private final DoFn<Object, Object> fn;
  private final DoFnInvoker<Object, Object> invoker;
  private final DoFnSignature signature;
  private final OperatorContext context;
  private final MetricsContainer container;
  private final boolean userCode;
  private MetricsEnvironmentState metrics;
  private State state = State.IDLE;

  private DoFnInstance(
      DoFn<Object, Object> fn, DoFnInvoker<Object, Object> invoker, OperatorContext context) {
    this.fn = fn;
    this.invoker = invoker;
    this.context = context;
    signature = DoFnSignatures.signatureForDoFn(fn);
    container = context.metrics();
    userCode = !fn.getClass().isAnnotationPresent(SystemDoFnInternal.class);
    metrics = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
  }

  /** Makes an instance and sets it up. Where setup throws, it has been torn down as well. */
  @SuppressWarnings("unchecked") // a graph hands a fn only elements of its input's type
  static DoFnInstance setUp(DoFnSpec spec, OperatorContext context) {
    DoFn<Object, Object> fn = (DoFn<Object, Object>) spec.newInstance();
    MetricsEnvironmentState metrics =
        MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    MetricsContainer before = metrics.activate(context.metrics());
    try {
      return new DoFnInstance(fn, DoFnInvokers.tryInvokeSetupFor(fn, context.options()), context);
    } finally {
      metrics.activate(before);
    }
  }

  DoFn<Object, Object> fn() {
    return fn;
  }

  DoFnInvoker<Object, Object> invoker() {
    return invoker;
  }

  DoFnSignature signature() {
    return signature;
  }

  /** Begins a bundle without telling the DoFn: the parts of a splittable one have none. */
  void beginBundle() {
    if (state != State.IDLE) {
      throw new IllegalStateException(
          "The DoFn of " + context.stepName() + " cannot start a bundle: " + state);
    }
    metrics = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    state = State.IN_BUNDLE;
  }

  void startBundle() {
    beginBundle();
    MetricsContainer before = enter();
    try {
      invoker.invokeStartBundle(new StartBundleArguments(fn, context));
    } catch (RuntimeException e) {
      throw failed(e);
    } finally {
      exit(before);
    }
  }

  void finishBundle(TaggedOutputs outputs) {
    requireBundle();
    MetricsContainer before = enter();
    try {
      invoker.invokeFinishBundle(new FinishBundleArguments(fn, outputs, context));
    } catch (RuntimeException e) {
      throw failed(e);
    } finally {
      exit(before);
    }
    endBundle();
  }

  /** Ends a bundle without telling the DoFn. */
  void endBundle() {
    requireBundle();
    state = State.IDLE;
  }

  private void requireBundle() {
    if (state != State.IN_BUNDLE) {
      throw new IllegalStateException(
          "The bundle of " + context.stepName() + " cannot finish: " + state);
    }
  }

  /** Makes this step's metrics current. Returns those that were. */
  @Nullable MetricsContainer enter() {
    return metrics.activate(container);
  }

  /** Puts back what {@link #enter} returned. */
  void exit(@Nullable MetricsContainer before) {
    metrics.activate(before);
  }

  /** Notes that a call has thrown, and returns what the operator should throw. */
  RuntimeException failed(RuntimeException e) {
    state = State.FAILED;
    RuntimeException failure = UserCodeException.wrapIf(userCode, e);
    Throwable cause = failure instanceof UserCodeException ? failure.getCause() : failure;
    InTransform.note(cause == null ? failure : cause, context.stepName());
    return failure;
  }

  /** Tears down; only the first time. */
  void tearDown() {
    if (state == State.TORN_DOWN) {
      return;
    }
    state = State.TORN_DOWN;
    metrics = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    MetricsContainer before = enter();
    try {
      invoker.invokeTeardown();
    } finally {
      exit(before);
    }
  }
}
