package dev.trestle.runner.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.metrics.DurableMetrics;
import dev.trestle.runner.metrics.StepMetrics;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.TaskSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.metrics.MetricResults;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job that takes checkpoints and goes on from the last one when it fails: in this process, after
 * a pause, and in another that has the same storage. It gives up when it has failed too often
 * without a checkpoint in between, or when as many starts have left user code behind that does not
 * end ({@link JobRemains}).
 *
 * <p>A thread of its own takes the checkpoints. One that cannot be made durable is logged, and the
 * job goes on; it stops at once when another process has taken the job.
 */
public final class DurableJob implements RunningJob {

  private static final Logger LOG = LoggerFactory.getLogger(DurableJob.class);

  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  /** How often to look whether the job has ended while a checkpoint is under way. */
  private static final long LOOK_MILLIS = 50;

  /**
   * So many checkpoints in a row may fail because tasks cannot write them to their own disk, before
   * the job is started again: that makes its directories and databases anew.
   */
  private static final int MOST_UNWRITTEN = 3;

  /** One run of the job, from a checkpoint to its end or its failure. */
  public record Attempt(
      Job job,
      List<Task> tasks,
      CheckpointCoordinator coordinator,
      OperatorNumbers numbers,
      StepMetrics restoredMetrics) {}

  /** Starts attempts. */
  public interface Starter {

    /**
     * Starts the job once more.
     *
     * @throws IOException if what is to be restored cannot be read
     */
    Attempt start() throws IOException, FencedException;
  }

  private final String name;
  private final Starter starter;
  private final CheckpointStorage storage;
  private final long intervalMillis;
  private final int mostFailures;
  private final SavepointRequests savepoints = new SavepointRequests();
  private final DurableMetrics metrics;
  private final CheckpointFailures failures;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);

  /** How many checkpoints in a row tasks could not write. Belongs to the supervising thread. */
  private int unwritten;

  @GuardedBy("this")
  private State state = State.RUNNING;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  @GuardedBy("this")
  private Attempt attempt;

  @GuardedBy("this")
  private boolean draining;

  private DurableJob(
      String name,
      Starter starter,
      CheckpointStorage storage,
      long intervalMillis,
      int mostFailures,
      Attempt first) {
    this.name = name;
    this.starter = starter;
    this.storage = storage;
    this.intervalMillis = intervalMillis;
    this.mostFailures = mostFailures;
    attempt = first;
    metrics = new DurableMetrics(first.restoredMetrics, first.job.counting());
    failures = new CheckpointFailures(name);
  }

  /**
   * Starts a job.
   *
   * @param intervalMillis from the end of a checkpoint to the beginning of the next, in
   *     milliseconds
   * @param mostFailures how often the job may fail without a checkpoint in between, and be started
   *     once more
   * @throws IOException if what is to be restored cannot be read
   */
  public static DurableJob start(
      String name,
      Starter starter,
      CheckpointStorage storage,
      long intervalMillis,
      int mostFailures)
      throws IOException, FencedException {
    DurableJob job =
        new DurableJob(name, starter, storage, intervalMillis, mostFailures, starter.start());
    new Thread(job::supervise, name + "-checkpoints").start();
    return job;
  }

  private void supervise() {
    State outcome = State.FAILED;
    Throwable cause = null;
    try {
      outcome = runAttempts();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome = State.CANCELLED;
    } catch (IOException | FencedException | RuntimeException | Error e) {
      LOG.error("{} cannot go on", name, e);
      cause = e;
    } finally {
      synchronized (this) {
        state = outcome;
        failure = outcome == State.FAILED && cause == null ? attempt.job.failure() : cause;
      }
      ended.countDown();
      savepoints.close("The job has ended: it is " + outcome);
    }
  }

  private State runAttempts() throws IOException, FencedException, InterruptedException {
    int failed = 0;
    List<Job> leftOpen = new ArrayList<>();
    while (true) {
      Attempt current = attempt();
      boolean progress = run(current);
      State outcome = current.job.state();
      if (outcome == State.DONE) {
        return outcome;
      }
      if (outcome == State.CANCELLED || current.job.failure() instanceof FencedException) {
        return outcome;
      }
      failed = progress ? 1 : failed + 1;
      leftOpen.add(current.job);
      leftOpen.removeIf(job -> !job.remains().isLeftOpen());
      if (isGivenUp(failed, leftOpen.size())) {
        return outcome;
      }
      LOG.warn("{} has failed", name, current.job.failure());
      OptionalInt failedSince = startAgain(failed);
      if (failedSince.isEmpty()) {
        return State.CANCELLED;
      }
      failed = failedSince.getAsInt();
    }
  }

  /**
   * Takes checkpoints of an attempt until it has ended.
   *
   * @return whether any has been committed
   */
  private boolean run(Attempt current) throws IOException, FencedException, InterruptedException {
    try {
      boolean progress = takeCheckpoints(current);
      if (current.job.state() == State.DONE) {
        seal(current);
      }
      return progress;
    } finally {
      current.job.releaseWorkers();
    }
  }

  private boolean isGivenUp(int failed, int leftOpen) {
    if (failed > mostFailures) {
      LOG.error("{} has failed {} times without a checkpoint in between", name, failed);
    } else if (leftOpen > mostFailures) {
      LOG.error(
          "{} is not started again: user code of {} earlier starts does not end, and keeps their"
              + " memory and temporary files",
          name,
          leftOpen);
    }
    return Math.max(failed, leftOpen) > mostFailures;
  }

  private synchronized Attempt attempt() {
    return attempt;
  }

  /**
   * Starts the job from its last checkpoint, after a pause.
   *
   * @param failedBefore how often it has failed in a row
   * @return the same, with starts that came to nothing; empty if it was cancelled before it started
   * @throws IOException if what is to be restored cannot be read, and could not be for long enough
   */
  private OptionalInt startAgain(int failedBefore)
      throws IOException, FencedException, InterruptedException {
    for (int failed = failedBefore; ; failed++) {
      long pause = pauseMillis(failed);
      LOG.warn("{} is started again in {} ms, from its last checkpoint", name, pause);
      if (cancelled.await(pause, TimeUnit.MILLISECONDS)) {
        return OptionalInt.empty();
      }
      try {
        startAgain();
        return OptionalInt.of(failed);
      } catch (IOException e) {
        if (failed == mostFailures) {
          throw e;
        }
        LOG.warn("{} could not be started", name, e);
      }
    }
  }

  private void startAgain() throws IOException, FencedException {
    Attempt next = starter.start();
    metrics.restarted(next.restoredMetrics, next.job.counting());
    unwritten = 0;
    synchronized (this) {
      attempt = next;
      if (draining) {
        next.job.drain();
      }
    }
    if (cancelled.getCount() == 0) {
      next.job.cancel();
    }
  }

  /**
   * Takes checkpoints until an attempt has ended.
   *
   * @return whether one was committed
   */
  private boolean takeCheckpoints(Attempt current) throws InterruptedException {
    boolean any = false;
    while (!awaitNext(current)) {
      SavepointRequests.Request request = savepoints.next();
      long id = storage.nextId();
      if (request != null && request.then() == AfterSavepoint.STOP) {
        current.tasks.forEach(task -> task.haltAt(id));
      }
      current.coordinator.begin(id, current.tasks);
      while (!current.coordinator.awaitComplete(LOOK_MILLIS)) {
        if (current.job.await(0)) {
          return any;
        }
      }
      any |= commit(id, current, request);
    }
    return any;
  }

  /**
   * Waits until it is time for a checkpoint, or somebody wants a savepoint.
   *
   * @return whether the attempt has ended
   */
  private boolean awaitNext(Attempt current) throws InterruptedException {
    long start = System.nanoTime();
    while (true) {
      long left = intervalMillis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (left <= 0 || savepoints.next() != null) {
        return current.job.await(0);
      }
      if (current.job.await(Math.min(left, LOOK_MILLIS))) {
        return true;
      }
    }
  }

  /** Commits a checkpoint that is complete, unless the attempt's files are gone by now. */
  private boolean commit(long id, Attempt current, SavepointRequests.@Nullable Request request) {
    if (!current.job.remains().holdFiles()) {
      return false;
    }
    try {
      return request == null ? commitHeld(id, current) : commitSavepoint(id, current, request);
    } finally {
      current.job.remains().releaseFiles();
    }
  }

  private boolean commitHeld(long id, Attempt current) {
    List<TaskSnapshot> files = List.of();
    try {
      CheckpointCoordinator.Snapshots snapshots = current.coordinator.take();
      files = snapshots.tasks();
      unwritten = 0;
      store(id, current, snapshots);
    } catch (IOException e) {
      onFailure(id, current, e);
      return false;
    } catch (FencedException e) {
      current.job.fail(e);
      return false;
    } finally {
      SnapshotFiles.delete(files);
    }
    failures.committed(id);
    current.tasks.forEach(task -> task.checkpointCommitted(id));
    return true;
  }

  /**
   * The tasks do not hear of a savepoint as of a checkpoint: as long as there is none after it, the
   * user may delete it, and then the job has to go on from one before.
   */
  private boolean commitSavepoint(long id, Attempt current, SavepointRequests.Request request) {
    List<TaskSnapshot> files = List.of();
    String place;
    try {
      CheckpointCoordinator.Snapshots snapshots = current.coordinator.take();
      files = snapshots.tasks();
      unwritten = 0;
      place = storage.commitSavepoint(id, properties(current, counted(current, snapshots)), files);
    } catch (IOException e) {
      onFailure(id, current, e);
      if (!current.job.isEnding()) { // otherwise the next attempt takes it
        current.tasks.forEach(Task::goOn);
        answer(request, () -> request.place().completeExceptionally(e));
      }
      return false;
    } catch (FencedException e) {
      current.job.fail(e);
      return false;
    } finally {
      SnapshotFiles.delete(files);
    }
    LOG.info("Savepoint {} of {} is at {}", id, name, place);
    answer(request, () -> request.place().complete(place));
    if (request.then() == AfterSavepoint.STOP) {
      cancel();
    }
    return true;
  }

  private void answer(SavepointRequests.Request request, Runnable answer) {
    savepoints.remove(request);
    answer.run();
  }

  /** Makes a checkpoint durable. */
  private void store(long id, Attempt current, CheckpointCoordinator.Snapshots snapshots)
      throws IOException, FencedException {
    StepMetrics counted = counted(current, snapshots);
    storage.commit(id, properties(current, counted), snapshots.tasks());
    metrics.checkpointCommitted(counted);
  }

  private static Map<String, String> properties(Attempt current, StepMetrics counted) {
    return RestoredJob.properties(current.numbers, counted);
  }

  private static StepMetrics counted(Attempt current, CheckpointCoordinator.Snapshots snapshots) {
    StepMetrics counted = new StepMetrics();
    counted.addAll(current.restoredMetrics);
    counted.addAll(snapshots.metrics());
    return counted;
  }

  private void onFailure(long id, Attempt current, IOException why) {
    if (current.job.isEnding()) {
      LOG.info("Checkpoint {} was given up at the end of {}", id, name, why);
      return;
    }
    metrics.checkpointFailed();
    failures.failed(id, why);
    if (why instanceof SnapshotException snapshot && ++unwritten == MOST_UNWRITTEN) {
      current.job.fail(current.job.remains().unwritable(snapshot));
    }
  }

  /** Says in the storage that the job is done, so that it is not done again. */
  private void seal(Attempt done) throws IOException, FencedException, InterruptedException {
    done.coordinator.abandon();
    for (int tries = 0; ; tries++) {
      long id = storage.nextId();
      done.coordinator.begin(id, done.tasks);
      try {
        store(id, done, done.coordinator.take());
        break;
      } catch (IOException e) {
        metrics.checkpointFailed();
        if (tries == mostFailures) {
          throw new IOException(name + " is done, but its last checkpoint could not be written", e);
        }
        long pause = pauseMillis(tries + 1);
        LOG.warn("The last checkpoint of {} has failed; once more in {} ms", name, pause, e);
        if (cancelled.await(pause, TimeUnit.MILLISECONDS)) {
          throw new IOException(name + " was cancelled before its last checkpoint was written", e);
        }
      }
    }
    done.tasks.forEach(Task::jobDone);
  }

  private static long pauseMillis(int failures) {
    return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(20, failures - 1));
  }

  @Override
  public synchronized State state() {
    return state;
  }

  @Override
  public synchronized @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void cancel() {
    cancelled.countDown();
    attempt().job.cancel();
  }

  /**
   * A later attempt is drained, too, from its start: what was read after its checkpoint is not read
   * again and stays with the source. One of another process is not.
   */
  @Override
  public synchronized void drain() {
    draining = true;
    attempt.job.drain();
  }

  @Override
  public CompletableFuture<String> savepoint(AfterSavepoint then) {
    return savepoints.add(then);
  }

  @Override
  public boolean await(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public MetricResults metrics() {
    return metrics.results();
  }
}
