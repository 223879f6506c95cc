package dev.trestle.runner;

import dev.trestle.runner.engine.RunningJob;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.util.UserCodeException;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** A job as its author sees it. Any thread may call. */
public final class TrestlePipelineResult implements PipelineResult {

  private final RunningJob job;

  TrestlePipelineResult(RunningJob job) {
    this.job = job;
  }

  @Override
  public State getState() {
    return switch (job.state()) {
      case RUNNING -> State.RUNNING;
      case DONE -> State.DONE;
      case FAILED -> State.FAILED;
      case CANCELLED -> State.CANCELLED;
    };
  }

  /** Cancels the job and waits until it has cleared up. */
  @Override
  public State cancel() {
    job.cancel();
    awaitEnd(Long.MAX_VALUE);
    return getState();
  }

  /**
   * Waits for the end.
   *
   * @throws PipelineExecutionException with the user's exception as its cause, or the trouble
   *     itself
   */
  @Override
  public State waitUntilFinish() {
    awaitEnd(Long.MAX_VALUE);
    return outcome();
  }

  /**
   * Waits for the end, for a while.
   *
   * @param duration null or not positive for as long as it takes
   * @return null where the job has not ended
   */
  @Override
  @SuppressWarnings("NullAway") // Beam documents null for "has not ended"
  public @Nullable State waitUntilFinish(@Nullable Duration duration) {
    if (duration == null || duration.getMillis() < 1) {
      return waitUntilFinish();
    }
    return awaitEnd(duration.getMillis()) ? outcome() : null;
  }

  private boolean awaitEnd(long millis) {
    try {
      return job.await(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the job to end", e);
    }
  }

  private State outcome() {
    Throwable failure = job.failure();
    if (failure == null) {
      return getState();
    }
    if (failure instanceof UserCodeException) {
      Throwable cause = failure.getCause();
      throw new PipelineExecutionException(cause == null ? failure : cause);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    throw new PipelineExecutionException(failure);
  }

  @Override
  public MetricResults metrics() {
    return job.metrics();
  }
}
