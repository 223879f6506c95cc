package dev.trestle.runner;

import dev.trestle.runner.engine.RunningJob;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.util.InstanceBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a job's metrics to the sink that its options name, every push period and once more at the
 * end. One thread of its own, which keeps the process alive until the last push.
 */
final class MetricsPush {

  private static final Logger LOG = LoggerFactory.getLogger(MetricsPush.class);

  private final RunningJob job;
  private final MetricsSink sink;
  private final long periodMillis;

  private MetricsPush(RunningJob job, MetricsSink sink, long periodMillis) {
    this.job = job;
    this.sink = sink;
    this.periodMillis = periodMillis;
  }

  /** Starts pushing, unless the options name Beam's sink that does nothing. */
  static void start(RunningJob job, MetricsOptions options) {
    Class<? extends MetricsSink> type = options.getMetricsSink();
    if (type.getSimpleName().equals("NoOpMetricsSink")) {
      return;
    }
    MetricsSink sink =
        InstanceBuilder.ofType(MetricsSink.class)
            .fromClass(type)
            .withArg(MetricsOptions.class, options)
            .build();
    long period = TimeUnit.SECONDS.toMillis(options.getMetricsPushPeriod());
    new Thread(new MetricsPush(job, sink, period)::run, "trestle-metrics-push").start();
  }

  private void run() {
    try {
      boolean ended = false;
      while (!ended) {
        ended = job.await(periodMillis);
        push();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void push() {
    try {
      sink.writeMetrics(job.metrics().allMetrics());
    } catch (Exception e) {
      LOG.warn("Metrics could not be written to {}; the job goes on", sink, e);
    }
  }
}
