package dev.trestle.runner.group;

import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** What an operator sees of its task, set by hand; takes the operator's output too. */
final class FakeTask extends FakeOperatorContext implements Receiver {

  /** One pane, its values sorted. */
  record Pane(Object key, String value, Instant timestamp, Object windows, PaneInfo pane) {
    static Pane of(Object value, Instant timestamp, Object windows, PaneInfo pane) {
      KV<?, ?> kv = (KV<?, ?>) value;
      return new Pane(kv.getKey(), sorted(kv.getValue()), timestamp, windows, pane);
    }

    private static String sorted(Object value) {
      if (!(value instanceof Iterable<?> many)) {
        return String.valueOf(value);
      }
      List<String> all = new ArrayList<>();
      many.forEach(one -> all.add(String.valueOf(one)));
      Collections.sort(all);
      return all.toString();
    }
  }

  final List<Pane> panes = new ArrayList<>();

  FakeTask(long memoryBytes, Path directory) {
    super(memoryBytes, directory);
  }

  /** A task that must not spill. */
  FakeTask() {}

  long dropped() {
    return metrics
        .getCounter(
            MetricName.named(
                LateDataDroppingDoFnRunner.class,
                LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS))
        .getCumulative();
  }

  @Override
  public void accept(
      Object value, Instant timestamp, Object windows, PaneInfo pane, Metadata metadata) {
    Collection<? extends BoundedWindow> all = Windows.all(windows);
    panes.add(Pane.of(value, timestamp, all.size() == 1 ? all.iterator().next() : all, pane));
  }
}
