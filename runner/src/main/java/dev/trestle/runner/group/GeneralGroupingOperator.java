package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.BatchOperator;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.transform.CountingTriggers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window under any windowing strategy: Beam's {@code ReduceFnRunner}, key by key.
 * It is what the faster operators are compared with, and nearly a microsecond per element.
 *
 * <p>A runner is made for each key of a batch, so the batch is first arranged by key: a trigger is
 * asked once whether it fires, after all elements of the key. One that counts is asked after each
 * element, unless windows merge: they do so when all elements of the key are known.
 */
final class GeneralGroupingOperator extends BatchOperator {

  private final Function<OperatorContext, KeyedContext> keyedContexts;
  private final WindowingStrategy<?, BoundedWindow> strategy;
  private final SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn;
  private final @Nullable Combiner combiner;
  private final ExecutableTriggerStateMachine trigger;
  private final boolean oneByOne;
  private final GroupingRules rules;
  private final Lateness lateness;
  private final Receiver output;
  private final ByteKey probe = new ByteKey();

  /** For the next element of the same key in the batch; 0 for none, else its index and 1. */
  private final int[] nextOfKey = new int[Batch.CAPACITY];

  private @Nullable Opened opened;

  /** What there is between open and close. */
  private record Opened(OperatorContext context, KeyedContext keyed) {}

  /**
   * @param keyedContexts makes the state
   * @param combiner what {@code reduceFn} uses, to be opened; null where it uses none
   */
  GeneralGroupingOperator(
      Function<OperatorContext, KeyedContext> keyedContexts,
      WindowingStrategy<?, BoundedWindow> strategy,
      SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn,
      @Nullable Combiner combiner,
      Receiver output) {
    this.keyedContexts = keyedContexts;
    this.strategy = strategy;
    this.reduceFn = reduceFn;
    this.combiner = combiner;
    this.output = output;
    RunnerApi.Trigger proto = TriggerTranslation.toProto(strategy.getTrigger());
    trigger =
        ExecutableTriggerStateMachine.create(TriggerStateMachines.stateMachineForTrigger(proto));
    oneByOne = !strategy.needsMerge() && CountingTriggers.counts(proto);
    rules = GroupingRules.of(strategy);
    lateness = new Lateness(rules);
  }

  @Override
  public void open(OperatorContext context) throws IOException {
    KeyedContext keyed = keyedContexts.apply(context);
    keyed.restore(context.restored());
    opened = new Opened(context, keyed);
    lateness.open(context);
    if (combiner != null) {
      combiner.open(context.options());
    }
  }

  @Override
  public void startBundle() {}

  @Override
  public void finishBundle() {}

  @Override
  public void close() {
    if (opened != null) {
      opened.keyed.close();
      opened = null;
    }
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  public void accept(Batch batch) {
    Opened now = opened();
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(now.context.metrics());
    try {
      acceptByKey(batch, now);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  private void announce(Batch batch, KeyedContext keyed) {
    boolean merging = strategy.needsMerge();
    for (int i = 0; i < batch.size(); i++) {
      Object tableKey = batch.tableKey(i, probe);
      if (merging) {
        keyed.announce(tableKey, batch.keyHash(i), null); // where the set of windows is
      }
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        keyed.announce(tableKey, batch.keyHash(i), window);
      }
    }
    keyed.fetchAnnounced();
  }

  private void acceptByKey(Batch batch, Opened now) {
    if (now.keyed.readsAhead()) {
      announce(batch, now.keyed);
    }
    KeyTable byKey = new KeyTable(false, 0, new KeyTable.Footprint());
    int[] first = new int[batch.size()];
    int[] last = new int[batch.size()];
    for (int i = 0; i < batch.size(); i++) {
      nextOfKey[i] = 0;
      int known = byKey.size();
      int number = byKey.number(batch.tableKey(i, probe), batch.keyHash(i));
      if (number == known) {
        first[number] = i;
      } else {
        nextOfKey[last[number]] = i + 1;
      }
      last[number] = i;
    }
    long watermark = now.context.inputWatermark();
    for (int number = 0; number < byKey.size(); number++) {
      List<WindowedValue<Object>> elements = new ArrayList<>();
      for (int i = first[number] + 1; i != 0; i = nextOfKey[i - 1]) {
        addUnlessLate(batch, i - 1, watermark, elements);
      }
      if (!elements.isEmpty()) {
        now.keyed.setKey(byKey.key(number), byKey.hash(number));
        run(now, runner -> process(elements, runner));
      }
    }
  }

  private void process(
      List<WindowedValue<Object>> elements, ReduceFnRunner<Object, Object, ?, BoundedWindow> runner)
      throws Exception {
    if (!oneByOne) {
      runner.processElements(elements);
      return;
    }
    for (WindowedValue<Object> element : elements) {
      runner.processElements(Collections.singletonList(element));
    }
  }

  @SuppressWarnings("NullAway") // an element's value may be null; Beam does not say so
  private void addUnlessLate(
      Batch batch, int index, long watermark, List<WindowedValue<Object>> elements) {
    Object value = batch.value(index);
    for (BoundedWindow window : Windows.all(batch.windows(index))) {
      if (!lateness.drops(window, watermark)) {
        elements.add(
            Windows.envelope(
                value, batch.timestamp(index), window, batch.pane(index), batch.metadata(index)));
      }
    }
  }

  /** Something to be done for the current key. */
  private interface KeyWork {
    void on(ReduceFnRunner<Object, Object, ?, BoundedWindow> runner) throws Exception;
  }

  private void run(Opened now, KeyWork work) {
    ReduceFnRunner<Object, Object, ?, BoundedWindow> runner = runner(now, reduceFn);
    try {
      work.on(runner);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw UserCodeException.wrap(e);
    }
    runner.persist();
  }

  @SuppressWarnings("NullAway") // a key may be null; Beam does not say so
  private <OutputT> ReduceFnRunner<Object, Object, OutputT, BoundedWindow> runner(
      Opened now, SystemReduceFn<Object, Object, ?, OutputT, BoundedWindow> fn) {
    return new ReduceFnRunner<>(
        now.keyed.key(),
        strategy,
        trigger,
        now.keyed.state(),
        now.keyed.timers(),
        this::emit,
        NullSideInputReader.empty(),
        fn,
        now.context.options());
  }

  private <OutputT> void emit(WindowedValue<KV<Object, OutputT>> pane) {
    output.accept(
        pane.getValue(),
        pane.getTimestamp(),
        Windows.of(pane),
        pane.getPaneInfo(),
        Metadata.of(pane));
  }

  // ---- Time --------------------------------------------------------------------------------

  @Override
  public boolean advanceWatermark(long watermark, Slice share) {
    Opened now = opened();
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(now.context.metrics());
    try {
      return fireProcessingTimers(now, share)
          && now.keyed.fireEventTimers(watermark, share, timer -> fire(now, timer, watermark));
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
  }

  @Override
  public Progress advance(Slice share) {
    Opened now = opened();
    if (now.keyed.nextProcessingTime() > now.context.clock().millis()) {
      return Progress.NONE;
    }
    MetricsContainer before = MetricsEnvironment.setCurrentContainer(now.context.metrics());
    try {
      fireProcessingTimers(now, share);
    } finally {
      MetricsEnvironment.setCurrentContainer(before);
    }
    return Progress.MADE;
  }

  private boolean fireProcessingTimers(Opened now, Slice share) {
    return now.keyed.fireProcessingTimers(
        now.context.clock().millis(),
        share,
        timer -> fire(now, timer, now.context.inputWatermark()));
  }

  /**
   * Hands a timer to its key's runner. What a timer does depends on the watermark only, so the
   * timer of a window's end expires the window if the watermark is beyond that too; the timer that
   * was set for it would find the window gone and fire an empty pane.
   */
  private void fire(Opened now, TimerData timer, long watermark) {
    run(now, runner -> runner.onTimers(Collections.singletonList(timer)));
    if (timer.getDomain() == TimeDomain.EVENT_TIME
        && timer.getNamespace() instanceof WindowNamespace<?> namespace) {
      long expiry = rules.expiry(namespace.getWindow());
      if (expiry < watermark && timer.getTimestamp().getMillis() < expiry) {
        Instant time = Instant.ofEpochMilli(expiry);
        TimerData pending =
            TimerData.of(namespace, time, time, TimeDomain.EVENT_TIME, CausedByDrain.NORMAL);
        now.keyed
            .timers()
            .deleteTimer(
                namespace, pending.getTimerId(), pending.getTimerFamilyId(), TimeDomain.EVENT_TIME);
      }
    }
  }

  @Override
  public long nextWakeup() {
    return opened().keyed.nextProcessingTime();
  }

  @Override
  public long hold() {
    return opened().keyed.hold();
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    opened().keyed.snapshot(out);
  }

  private Opened opened() {
    if (opened == null) {
      throw new IllegalStateException("Not open");
    }
    return opened;
  }
}
