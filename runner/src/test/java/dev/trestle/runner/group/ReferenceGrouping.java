package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.transform.CountingTriggers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.ReduceFnRunner;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.runners.core.triggers.ExecutableTriggerStateMachine;
import org.apache.beam.runners.core.triggers.TriggerStateMachines;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.TriggerTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Grouping as Beam's DirectRunner does it: a {@code ReduceFnRunner} per batch and key, and all
 * timers of a key that are due at once.
 */
final class ReferenceGrouping {

  private final FakeTask task;
  private final WindowingStrategy<?, BoundedWindow> strategy;
  private final SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn;
  private final InMemoryKeys keys;
  long dropped;

  ReferenceGrouping(
      FakeTask task,
      Coder<Object> keyCoder,
      WindowingStrategy<?, BoundedWindow> strategy,
      SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn) {
    this.task = task;
    this.strategy = strategy;
    this.reduceFn = reduceFn;
    keys = new InMemoryKeys(task, keyCoder);
  }

  void accept(Batch batch) throws Exception {
    Map<Object, List<WindowedValue<Object>>> byKey = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      Object key = batch.tableKey(i, new ByteKey());
      for (BoundedWindow window : Windows.all(batch.windows(i))) {
        if (LateDataUtils.garbageCollectionTime(window, strategy).getMillis()
            < task.inputWatermark) {
          dropped++;
        } else {
          byKey
              .computeIfAbsent(key, k -> new ArrayList<>())
              .add(
                  Windows.envelope(
                      batch.value(i), batch.timestamp(i), window, batch.pane(i), null));
        }
      }
    }
    for (Map.Entry<Object, List<WindowedValue<Object>>> entry : byKey.entrySet()) {
      if (oneByOne()) {
        for (WindowedValue<Object> element : entry.getValue()) {
          process(entry.getKey(), List.of(element));
        }
      } else {
        process(entry.getKey(), entry.getValue());
      }
    }
  }

  private boolean oneByOne() {
    return !strategy.needsMerge()
        && CountingTriggers.counts(TriggerTranslation.toProto(strategy.getTrigger()));
  }

  private void process(Object key, List<WindowedValue<Object>> elements) throws Exception {
    ReduceFnRunner<Object, Object, ?, BoundedWindow> runner = runner(keys.at(key), reduceFn);
    runner.processElements(elements);
    runner.persist();
  }

  void advanceProcessingTime() throws Exception {
    for (InMemoryKeys.Cells cell : keys.cells.values()) {
      keys.tell(cell, task.inputWatermark);
      List<TimerData> due = new ArrayList<>();
      for (TimerData timer = cell.timers.removeNextProcessingTimer();
          timer != null;
          timer = cell.timers.removeNextProcessingTimer()) {
        due.add(timer);
      }
      ReduceFnRunner<Object, Object, ?, BoundedWindow> runner = runner(cell, reduceFn);
      runner.onTimers(due);
      runner.persist();
    }
  }

  void advanceWatermark(long watermark) throws Exception {
    advanceProcessingTime();
    for (InMemoryKeys.Cells cell : keys.cells.values()) {
      keys.tell(cell, watermark);
      while (true) {
        List<TimerData> due = new ArrayList<>();
        for (TimerData timer = cell.timers.removeNextEventTimer();
            timer != null;
            timer = cell.timers.removeNextEventTimer()) {
          due.add(timer);
        }
        if (due.isEmpty()) {
          break;
        }
        ReduceFnRunner<Object, Object, ?, BoundedWindow> runner = runner(cell, reduceFn);
        runner.onTimers(due);
        runner.persist();
      }
    }
  }

  long hold() {
    return keys.hold();
  }

  private <OutputT> ReduceFnRunner<Object, Object, OutputT, BoundedWindow> runner(
      InMemoryKeys.Cells cell, SystemReduceFn<Object, Object, ?, OutputT, BoundedWindow> fn) {
    return new ReduceFnRunner<>(
        cell.key,
        strategy,
        ExecutableTriggerStateMachine.create(
            TriggerStateMachines.stateMachineForTrigger(
                TriggerTranslation.toProto(strategy.getTrigger()))),
        cell.states,
        cell.timers,
        this::emit,
        NullSideInputReader.empty(),
        fn,
        task.options());
  }

  private <OutputT> void emit(WindowedValue<KV<Object, OutputT>> pane) {
    task.accept(pane.getValue(), pane.getTimestamp(), Windows.of(pane), pane.getPaneInfo(), null);
  }
}
