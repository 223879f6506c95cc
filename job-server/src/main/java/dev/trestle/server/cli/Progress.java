package dev.trestle.server.cli;

import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/** A line that says how far a job is. Says nothing about short jobs, nor where nobody watches. */
final class Progress {
  private static final double QUIET_SECONDS = 2;

  private final Terminal terminal;
  private final MetricNameFilter counter;
  private final boolean watched = Boolean.getBoolean("trestle.terminal"); // the launcher knows
  private final long start = System.nanoTime();
  private boolean shown;

  Progress(Terminal terminal, MetricNameFilter counter) {
    this.terminal = terminal;
    this.counter = counter;
  }

  void show(PipelineResult job) {
    double seconds = (System.nanoTime() - start) / 1e9;
    if (watched && seconds > QUIET_SECONDS) {
      long count = count(job);
      terminal
          .err()
          .printf(
              "\r%,d %s, %,.0f/s, %.0f s   ", count, counter.getName(), count / seconds, seconds);
      shown = true;
    }
  }

  /** Wipes the line. */
  void end() {
    if (shown) {
      terminal.err().print("\r\033[K");
    }
  }

  private long count(PipelineResult job) {
    long count = 0;
    MetricsFilter filter = MetricsFilter.builder().addNameFilter(counter).build();
    for (MetricResult<Long> result : job.metrics().queryMetrics(filter).getCounters()) {
      count += result.getAttempted();
    }
    return count;
  }
}
