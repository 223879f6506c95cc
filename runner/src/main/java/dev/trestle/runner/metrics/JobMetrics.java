package dev.trestle.runner.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsContainer;

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
  public MetricsContainer newContainer(String step) {
    MetricsContainerImpl container = new MetricsContainerImpl(step);
    entries.add(new Entry(step, container));
    return container;
  }

  /** All metrics as they are now. */
  public MetricResults results() {
    MetricsContainerStepMap attempted = sum();
    return MetricsContainerStepMap.asMetricResults(attempted, sum());
  }

  private MetricsContainerStepMap sum() {
    MetricsContainerStepMap sum = new MetricsContainerStepMap();
    for (Entry entry : entries) {
      sum.update(entry.step(), entry.container());
    }
    return sum;
  }
}
