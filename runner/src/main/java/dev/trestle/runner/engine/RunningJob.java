package dev.trestle.runner.engine;

import java.util.concurrent.CompletableFuture;
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
   * Has the job come to its end in good order, unless it has ended: sources stop reading, and what
   * they have read goes through, as if the input had ended there.
   */
  void drain();

  /** What becomes of a job after a savepoint. */
  enum AfterSavepoint {
    /** It goes on. */
    GO_ON,
    /**
     * It is cancelled, and does nothing between the savepoint and that. If the savepoint fails it
     * goes on.
     */
    STOP
  }

  /**
   * Asks for a savepoint. It comes after what is under way, and in the next attempt if this one
   * fails.
   *
   * @return its place, as soon as it is durable; or {@link JobRefusal}, if the job takes no
   *     checkpoints or has ended, or an {@code IOException} if the savepoint failed
   */
  CompletableFuture<String> savepoint(AfterSavepoint then);

  /**
   * Waits until the job has ended and everything is cleared up.
   *
   * @return whether it has ended in that time
   */
  boolean await(long millis) throws InterruptedException;

  /** What has been counted so far. */
  MetricResults metrics();
}
