package dev.trestle.server.cli;

import dev.trestle.runner.metrics.MonitoringInfos;
import org.apache.beam.model.jobmanagement.v1.JobApi.MetricResults;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import picocli.CommandLine.Command;

/** Shows what a job has counted. */
@Command(
    name = "metrics",
    description = "Shows what a job at a server has counted, or had when it ended.",
    footer = {
      "",
      "Attempted is whatever has been counted, committed what counts: in a job with checkpoints,",
      "what the last of them has."
    })
public final class MetricsCommand extends JobQuery {

  public MetricsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void show(KnownJob job) {
    MetricResults told = job.serverOr("metrics").metrics(job.id());
    MetricQueryResults metrics =
        MonitoringInfos.results(told.getAttemptedList(), told.getCommittedList()).allMetrics();
    if (isJson()) {
      terminal().out().println(JobsJson.of(metrics));
      return;
    }
    metrics.getCounters().forEach(this::show);
    metrics.getDistributions().forEach(this::show);
    metrics.getGauges().forEach(this::show);
    metrics.getStringSets().forEach(this::show);
    metrics.getBoundedTries().forEach(this::show);
  }

  private void show(MetricResult<?> metric) {
    Object committed = metric.getCommittedOrNull();
    terminal()
        .out()
        .printf(
            "%s  %s:%s  attempted %s  committed %s%n",
            metric.getKey().stepName(),
            metric.getName().getNamespace(),
            metric.getName().getName(),
            metric.getAttempted(),
            committed == null ? "-" : committed);
  }
}
