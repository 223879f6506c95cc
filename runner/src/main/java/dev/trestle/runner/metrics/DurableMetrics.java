package dev.trestle.runner.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricResults;

/**
 * Metrics of a job that takes checkpoints, over all its starts. Committed is what the last
 * committed checkpoint has: what had been counted before its barriers, and by that exactly once.
 * Attempted is whatever has been counted since the checkpoint with which this process took the job,
 * starts that failed included, and what that checkpoint had. Any thread may call.
 */
public final class DurableMetrics {

  /** Counts the checkpoints that this process has committed. */
  public static final MetricName COMMITTED_CHECKPOINTS =
      MetricName.named("dev.trestle.checkpoints", "committed");

  /** Counts the checkpoints that this process could not take or commit. */
  public static final MetricName FAILED_CHECKPOINTS =
      MetricName.named("dev.trestle.checkpoints", "failed");

  @GuardedBy("this")
  private final StepMetrics earlier = new StepMetrics();

  @GuardedBy("this")
  private StepMetrics committed;

  @GuardedBy("this")
  private JobMetrics current;

  @GuardedBy("this")
  private long checkpoints;

  @GuardedBy("this")
  private long failedCheckpoints;

  /**
   * Those of a first start.
   *
   * @param restored what the checkpoint had from which it goes on
   */
  public DurableMetrics(StepMetrics restored, JobMetrics first) {
    earlier.addAll(restored);
    committed = restored;
    current = first;
  }

  /** The same for another start. */
  public synchronized void restarted(StepMetrics restored, JobMetrics next) {
    earlier.addAll(current.sum());
    committed = restored;
    current = next;
  }

  /**
   * Says that a checkpoint has been committed.
   *
   * @param at all that had been counted before it
   */
  public synchronized void checkpointCommitted(StepMetrics at) {
    checkpoints++;
    committed = at;
  }

  public synchronized void checkpointFailed() {
    failedCheckpoints++;
  }

  /** All metrics as they are now. */
  public synchronized MetricResults results() {
    StepMetrics attempted = current.sum();
    attempted.addAll(earlier);
    return MetricsContainerStepMap.asMetricResults(
        withOwn(attempted.toStepMap()), withOwn(committed.toStepMap()));
  }

  @GuardedBy("this")
  private MetricsContainerStepMap withOwn(MetricsContainerStepMap map) {
    map.getUnboundContainer().getCounter(COMMITTED_CHECKPOINTS).inc(checkpoints);
    map.getUnboundContainer().getCounter(FAILED_CHECKPOINTS).inc(failedCheckpoints);
    return map;
  }
}
