package dev.trestle.runner.group;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.SideInputs;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.SpillDirectory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;

/** What an operator sees of its task, set by hand; takes the operator's output too. */
final class FakeTask implements OperatorContext, Receiver {

  /** One pane, its values sorted. */
  record Pane(
      Object key, String value, org.joda.time.Instant timestamp, Object windows, PaneInfo pane) {
    static Pane of(Object value, org.joda.time.Instant timestamp, Object windows, PaneInfo pane) {
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
  final MetricsContainerImpl metrics = new MetricsContainerImpl("step");
  final MemoryBudget memory;
  private final Path directory;
  private final PipelineOptions options = PipelineOptionsFactory.create();
  private SpillDirectory spill;
  long inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  long outputWatermark = inputWatermark;
  long now;

  FakeTask(long memoryBytes, Path directory) {
    memory = new MemoryBudget(memoryBytes);
    this.directory = directory;
  }

  /** A task that must not spill. */
  FakeTask() {
    this(1L << 30, Path.of("/nonexistent"));
  }

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
      Object value,
      org.joda.time.Instant timestamp,
      Object windows,
      PaneInfo pane,
      Metadata metadata) {
    Collection<? extends BoundedWindow> all = Windows.all(windows);
    panes.add(Pane.of(value, timestamp, all.size() == 1 ? all.iterator().next() : all, pane));
  }

  @Override
  public String stepName() {
    return "step";
  }

  @Override
  public PipelineOptions options() {
    return options;
  }

  @Override
  public int taskIndex() {
    return 0;
  }

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public KeyGroupRange keyGroups() {
    return KeyGroupRange.all(KeyGroupRange.DEFAULT_TOTAL);
  }

  @Override
  public MemoryBudget memory() {
    return memory;
  }

  @Override
  public SpillDirectory spill() {
    if (spill == null) {
      spill = SpillDirectory.open(directory);
    }
    return spill;
  }

  @Override
  public InstantSource clock() {
    return () -> Instant.ofEpochMilli(now);
  }

  @Override
  public long inputWatermark() {
    return inputWatermark;
  }

  @Override
  public long outputWatermark() {
    return outputWatermark;
  }

  @Override
  public MetricsContainer metrics() {
    return metrics;
  }

  @Override
  public SideInputs sideInputs() {
    throw new UnsupportedOperationException();
  }

  @Override
  public BundleFinalizer bundleFinalizer() {
    throw new UnsupportedOperationException();
  }
}
