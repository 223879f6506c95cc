package dev.trestle.runner.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.metrics.JobMetrics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.MetricResults;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline that runs. One supervising thread of its own starts the scheduler, waits for the end,
 * whatever it is, and clears up.
 */
public final class Job implements RunningJob {

  private static final Logger LOG = LoggerFactory.getLogger(Job.class);

  private final String name;
  private final List<Task> tasks;
  private final Scheduler scheduler;
  private final JobResources resources;
  private final JobRemains remains;
  private final JobMetrics metrics;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Object lock = new Object();
  private final Thread supervisor;

  @GuardedBy("lock")
  private State state = State.RUNNING;

  /** What the job will be once everything is cleared up; null while tasks run. */
  @GuardedBy("lock")
  private @Nullable State outcome;

  @GuardedBy("lock")
  private @Nullable Throwable failure;

  @GuardedBy("lock")
  private int unfinished;

  Job(
      String name,
      List<Task> tasks,
      Scheduler scheduler,
      JobResources resources,
      JobMetrics metrics) {
    this.name = name;
    this.tasks = tasks;
    this.scheduler = scheduler;
    this.resources = resources;
    remains = new JobRemains(name, tasks, resources);
    this.metrics = metrics;
    unfinished = tasks.size();
    supervisor = new Thread(this::supervise, name + "-supervisor");
  }

  /** Starts; once. */
  void start() {
    supervisor.start();
  }

  void taskFinished() {
    synchronized (lock) {
      unfinished--;
      if (unfinished == 0) {
        end(State.DONE, null);
      }
    }
  }

  void taskFailed(Task task, Throwable cause) {
    LOG.debug("{} failed", task.name(), cause);
    end(State.FAILED, remains.explained(cause));
  }

  /** Ends the job as one that has failed, unless it has ended. */
  void fail(Throwable cause) {
    end(State.FAILED, cause);
  }

  @Override
  public void cancel() {
    end(State.CANCELLED, null);
  }

  @Override
  public void drain() {
    tasks.forEach(Task::drain);
  }

  @Override
  public CompletableFuture<String> savepoint(AfterSavepoint then) {
    return CompletableFuture.failedFuture(
        new JobRefusal(
            "The job takes no checkpoints, and so no savepoints: start it with --checkpointDir"));
  }

  private void end(State with, @Nullable Throwable cause) {
    synchronized (lock) {
      if (outcome == null) {
        outcome = with;
        failure = cause;
        lock.notifyAll();
      }
    }
  }

  private void supervise() {
    Thread atExit = new Thread(this::cancelAndWait, name + "-at-exit");
    try {
      Runtime.getRuntime().addShutdownHook(atExit);
      runToItsOutcome();
      removeHook(atExit);
    } catch (RuntimeException | Error e) {
      LOG.error("{} could not be ended as it should", name, e);
      end(State.FAILED, e);
    } finally {
      synchronized (lock) {
        state = outcome == null ? State.FAILED : outcome;
      }
      ended.countDown(); // whatever happened: nobody must wait for ever
    }
  }

  private void runToItsOutcome() {
    if (tasks.isEmpty()) {
      end(State.DONE, null);
    } else {
      scheduler.start(tasks);
    }
    awaitOutcome();
    try {
      scheduler.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    remains.close();
    if (!resources.takesCheckpoints()) {
      releaseWorkers();
    }
  }

  /**
   * Lets go of the job's workers, when it has ended: of one that takes checkpoints when the last of
   * them has been committed, or none will be.
   */
  void releaseWorkers() {
    resources.workers().close();
  }

  /** What stays for a while when the job has ended. */
  JobRemains remains() {
    return remains;
  }

  /** Whether the job is to end, or has ended. */
  boolean isEnding() {
    synchronized (lock) {
      return outcome != null;
    }
  }

  private void cancelAndWait() {
    cancel();
    try {
      ended.await(15, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("The process is ending: the hook has run", e);
    }
  }

  private void awaitOutcome() {
    synchronized (lock) {
      while (outcome == null) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          outcome = State.CANCELLED;
        }
      }
    }
  }

  @Override
  public State state() {
    synchronized (lock) {
      return state;
    }
  }

  @Override
  public @Nullable Throwable failure() {
    synchronized (lock) {
      return failure;
    }
  }

  @Override
  public MetricResults metrics() {
    return metrics.results();
  }

  /** What the tasks count, for whoever adds it to what others have counted before. */
  JobMetrics counting() {
    return metrics;
  }

  @Override
  public boolean await(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }
}
