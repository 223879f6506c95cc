package dev.trestle.runner.engine;

import org.apache.beam.sdk.metrics.MetricResults;
import org.jspecify.annotations.Nullable;

/** A pipeline that runs. Methods may be called by any thread. */
public interface RunningJob {

  /** How a job stands. */
  enum State {
    /** Tasks have their turns. */
    RUNNING,
    /** Every task has come to its end. */
    DONE,
    /** A task has failed. */
    FAILED,
    /** Somebody wanted it to stop. */
    CANCELLED
  }

  State state();

  /** Why the job failed, or null. */
  @Nullable Throwable failure();

  /** Ends the job, unless it has ended. */
  void cancel();

  /**
   * Waits until the job has ended and everything is cleared up.
   *
   * @return whether it has ended in that time
   */
  boolean await(long millis) throws InterruptedException;

  /** What has been counted so far. */
  MetricResults metrics();
}
