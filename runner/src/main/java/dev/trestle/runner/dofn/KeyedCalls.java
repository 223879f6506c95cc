package dev.trestle.runner.dofn;

import dev.trestle.runner.keyed.CleanupTimers;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.keyed.SortBuffer;
import dev.trestle.runner.keyed.TimerHandler;
import dev.trestle.runner.keyed.WindowScope;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a stateful DoFn for the current key: for elements, for timers, and for windows that
 * expire. Semantics are those of Beam's {@code StatefulDoFnRunner}.
 */
final class KeyedCalls implements TimerHandler {

  private static final MetricName DROPPED =
      MetricName.named(
          StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER);

  final KeyedContext keyed;
  final OperatorContext context;
  private final DoFnInstance instance;
  private final StateAndTimers cells;
  private final KeyedElementArguments elementArguments;
  private final CurrentElement firing = new CurrentElement();
  private final TimerArguments timerArguments;
  private final FiringArguments expirationArguments;
  private final boolean tellsExpiration;
  private final WindowScope.Cache scopes;
  private final CleanupTimers cleanup;
  private final @Nullable SortBuffer sortBuffer;
  private final Counter dropped;

  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  KeyedCalls(
      Step.StatefulParDo step, Receiver[] receivers, KeyedContext keyed, OperatorContext context) {
    this.keyed = keyed;
    this.context = context;
    Collection input = step.input();
    Duration lateness = input.windowing().getAllowedLateness();
    instance = DoFnInstance.setUp(step.fn(), context);
    scopes = new WindowScope.Cache(input.windowCoder(), lateness);
    cells = new StateAndTimers(instance, keyed, scopes);
    elementArguments = new KeyedElementArguments(instance, step.fn(), receivers, context, cells);
    TimestampBounds bounds = TimestampBounds.of(instance.fn());
    TaggedOutputs outputs =
        new TaggedOutputs(step.fn(), requireTimestamps(receivers, bounds), firing, bounds);
    timerArguments = new TimerArguments(instance.fn(), firing, outputs, cells, keyed, context);
    expirationArguments = new FiringArguments(firing, outputs, cells, keyed, context);
    tellsExpiration = instance.signature().onWindowExpiration() != null;
    sortBuffer =
        instance.signature().processElement().requiresTimeSortedInput()
            ? new SortBuffer(keyed, lateness, (Coder<Object>) input.coder(), input.windowCoder())
            : null;
    cleanup = new CleanupTimers(keyed.timers(), tellsExpiration || sortBuffer != null);
    dropped = context.metrics().getCounter(DROPPED);
  }

  /** A timer that was set without an output timestamp cannot output without giving one. */
  private static Receiver[] requireTimestamps(Receiver[] receivers, TimestampBounds bounds) {
    Receiver[] checked = new Receiver[receivers.length];
    for (int i = 0; i < checked.length; i++) {
      Receiver receiver = receivers[i];
      checked[i] =
          (value, timestamp, windows, pane, metadata) -> {
            bounds.check(timestamp, timestamp);
            receiver.accept(value, timestamp, windows, pane, metadata);
          };
    }
    return checked;
  }

  void startBundle() {
    elementArguments.startBundle();
    instance.startBundle();
  }

  void finishBundle() {
    instance.finishBundle(elementArguments.outputs());
  }

  void close() {
    keyed.close();
    instance.tearDown();
  }

  /** Takes an element of the current key. */
  void accept(
      Object tableKey,
      int keyHash,
      Object value,
      Instant timestamp,
      BoundedWindow window,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    WindowScope scope = scopes.of(window);
    if (isLate(scope)) {
      dropped.inc();
      return;
    }
    if (sortBuffer == null) {
      cleanup.ensure(tableKey, keyHash, scope);
      process(scope, value, timestamp, pane, metadata);
    } else if (sortBuffer.isTooLate(timestamp)) {
      dropped.inc();
    } else {
      cleanup.ensure(tableKey, keyHash, scope);
      sortBuffer.add(Windows.envelope(value, timestamp, window, pane, metadata), scope);
    }
  }

  private boolean isLate(WindowScope scope) {
    return scope.expiry().isBefore(keyed.timers().currentInputWatermarkTime());
  }

  private void process(
      WindowScope scope,
      @Nullable Object value,
      Instant timestamp,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    elementArguments.current.set(value, timestamp, scope.window(), pane, metadata);
    cells.enter(scope, timestamp);
    MetricsContainer before = instance.enter();
    try {
      instance.invoker().invokeProcessElement(elementArguments);
    } catch (RuntimeException e) {
      throw instance.failed(e);
    } finally {
      instance.exit(before);
    }
  }

  @Override
  public void onTimer(TimerData timer) {
    if (!(timer.getNamespace() instanceof WindowNamespace<?> namespace)) {
      throw new IllegalStateException("A timer without a window: " + timer);
    }
    WindowScope scope = scopes.of(namespace.getWindow());
    if (SortBuffer.isFlush(timer)) {
      flushSorted(scope, keyed.timers().currentInputWatermarkTime());
    } else if (CleanupTimers.isCleanup(timer)) {
      expire(scope, timer);
    } else if (timer.getDomain() == TimeDomain.EVENT_TIME || !isLate(scope)) {
      fire(scope, timer);
    }
  }

  private void fire(WindowScope scope, TimerData timer) {
    prepareFiring(scope, timer);
    timerArguments.set(timer);
    MetricsContainer before = instance.enter();
    try {
      instance
          .invoker()
          .invokeOnTimer(timer.getTimerId(), timer.getTimerFamilyId(), timerArguments);
    } catch (RuntimeException e) {
      throw instance.failed(e);
    } finally {
      instance.exit(before);
    }
  }

  private void expire(WindowScope scope, TimerData timer) {
    flushSorted(scope, BoundedWindow.TIMESTAMP_MAX_VALUE);
    if (tellsExpiration) {
      prepareFiring(scope, timer);
      MetricsContainer before = instance.enter();
      try {
        instance.invoker().invokeOnWindowExpiration(expirationArguments);
      } catch (RuntimeException e) {
        throw instance.failed(e);
      } finally {
        instance.exit(before);
      }
    }
    keyed.clearWindow(scope.window());
  }

  private void prepareFiring(WindowScope scope, TimerData timer) {
    Instant timestamp = timer.getOutputTimestamp();
    firing.set(
        null,
        timestamp,
        scope.window(),
        PaneInfo.NO_FIRING,
        timer.causedByDrain() == CausedByDrain.CAUSED_BY_DRAIN ? Metadata.DRAIN : null);
    cells.enter(scope, timestamp);
  }

  private void flushSorted(WindowScope scope, Instant until) {
    if (sortBuffer != null) {
      sortBuffer.flush(until, scope, element -> process(scope, element));
    }
  }

  private void process(WindowScope scope, WindowedValue<Object> element) {
    process(
        scope,
        element.getValue(),
        element.getTimestamp(),
        element.getPaneInfo(),
        Metadata.of(element));
  }
}
