package dev.trestle.runner;

import dev.trestle.runner.control.JobControl;
import dev.trestle.runner.control.LocalJobControl;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob;
import java.io.IOException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.util.UserCodeException;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** A job as its author sees it. Any thread may call. */
public final class TrestlePipelineResult implements PipelineResult {

  private final RunningJob job;
  private final JobControl control;

  TrestlePipelineResult(String name, RunningJob job) {
    this.job = job;
    control = new LocalJobControl(name, job, System.currentTimeMillis());
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
   * Takes a savepoint and waits until it is durable; the job goes on.
   *
   * @return its place, for {@code --resumeFrom}
   * @throws JobRefusal if the job takes no checkpoints, or has ended
   * @throws IOException if the savepoint could not be written
   */
  public String savepoint() throws IOException {
    try {
      return control.savepoint();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Takes a savepoint, does nothing after it, and waits until the job has ended: it is cancelled.
   * If the savepoint fails the job goes on.
   *
   * @return its place, for {@code --resumeFrom}
   * @throws JobRefusal if the job takes no checkpoints, or has ended
   * @throws IOException if the savepoint could not be written
   */
  public String stopWithSavepoint() throws IOException {
    try {
      return control.stop();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Has the job come to its end in good order, and waits for it: sources stop reading, windows
   * fire, and the last checkpoint says that the job is done. What fires because of that is {@code
   * CausedByDrain}.
   *
   * @return how it has ended
   */
  public State drain() {
    job.drain();
    return waitUntilFinish();
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("Interrupted while waiting for the job", e);
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
      throw interrupted(e);
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
