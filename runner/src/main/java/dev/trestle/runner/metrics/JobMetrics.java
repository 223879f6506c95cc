package dev.trestle.runner.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricResults;

/**
 * Metrics of all steps. Every task has a container of its own for each step, so that tasks do not
 * contend for one counter. Any thread may ask at any time.
 *
 * <p>A job without durable checkpoints never repeats a bundle: what was attempted is committed.
 */
public final class JobMetrics {

  private record Entry(String step, MetricsContainerImpl container) {}

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** A container for one step in one task. */
  public MetricsContainerImpl newContainer(String step) {
    MetricsContainerImpl container = new MetricsContainerImpl(step);
    entries.add(new Entry(step, container));
    return container;
  }

  /** All metrics as they are now. */
  public MetricResults results() {
    MetricsContainerStepMap counted = sum().toStepMap();
    return MetricsContainerStepMap.asMetricResults(counted, counted);
  }

  StepMetrics sum() {
    StepMetrics sum = new StepMetrics();
    for (Entry entry : entries) {
      sum.add(entry.step(), entry.container());
    }
    return sum;
  }
}
