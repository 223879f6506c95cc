package dev.trestle.runner.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.checkpoint.OperatorNumbers;
import dev.trestle.runner.metrics.JobMetrics;
import dev.trestle.state.checkpoint.FencedException;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.checkpoint.TaskSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

  /** One run of the job, from a checkpoint to its end or its failure. */
  public record Attempt(
      Job job, List<Task> tasks, CheckpointCoordinator coordinator, OperatorNumbers numbers) {}

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
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);

  @GuardedBy("this")
  private State state = State.RUNNING;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  @GuardedBy("this")
  private Attempt attempt;

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
    }
  }

  private State runAttempts() throws IOException, FencedException, InterruptedException {
    int failures = 0;
    List<Job> leftOpen = new ArrayList<>();
    while (true) {
      Attempt current = attempt();
      boolean progress = takeCheckpoints(current);
      State outcome = current.job.state();
      if (outcome == State.DONE) {
        seal(current);
        return outcome;
      }
      if (outcome == State.CANCELLED || current.job.failure() instanceof FencedException) {
        return outcome;
      }
      failures = progress ? 1 : failures + 1;
      if (failures > mostFailures) {
        LOG.error("{} has failed {} times without a checkpoint in between", name, failures);
        return outcome;
      }
      leftOpen.add(current.job);
      leftOpen.removeIf(job -> !job.remains().isLeftOpen());
      if (leftOpen.size() > mostFailures) {
        LOG.error(
            "{} is not started again: user code of {} earlier starts does not end, and keeps their"
                + " memory and temporary files",
            name,
            leftOpen.size());
        return outcome;
      }
      long pause = pauseMillis(failures);
      LOG.warn(
          "{} has failed and is started again in {} ms, from its last checkpoint",
          name,
          pause,
          current.job.failure());
      if (cancelled.await(pause, TimeUnit.MILLISECONDS)) {
        return State.CANCELLED;
      }
      startAgain();
    }
  }

  private synchronized Attempt attempt() {
    return attempt;
  }

  private void startAgain() throws IOException, FencedException {
    Attempt next = starter.start();
    synchronized (this) {
      attempt = next;
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
    while (!current.job.await(intervalMillis)) {
      long id = storage.nextId();
      current.coordinator.begin(id, current.tasks);
      while (!current.coordinator.awaitComplete(LOOK_MILLIS)) {
        if (current.job.await(0)) {
          return any;
        }
      }
      any |= commit(id, current);
    }
    return any;
  }

  /** Commits a checkpoint that is complete, unless the attempt's files are gone by now. */
  private boolean commit(long id, Attempt current) {
    if (!current.job.remains().holdFiles()) {
      return false;
    }
    try {
      return commitHeld(id, current);
    } finally {
      current.job.remains().releaseFiles();
    }
  }

  private boolean commitHeld(long id, Attempt current) {
    List<TaskSnapshot> snapshots = List.of();
    try {
      snapshots = current.coordinator.take();
      storage.commit(id, current.numbers, snapshots);
    } catch (IOException e) {
      if (current.job.isEnding()) {
        LOG.info("Checkpoint {} was given up at the end of {}", id, name, e);
      } else {
        LOG.warn("Checkpoint {} of {} has failed; the job goes on", id, name, e);
      }
      return false;
    } catch (FencedException e) {
      current.job.fail(e);
      return false;
    } finally {
      delete(snapshots);
    }
    current.tasks.forEach(task -> task.checkpointCommitted(id));
    LOG.debug("Checkpoint {} of {} is durable", id, name);
    return true;
  }

  /** Deletes files, and the directories that are empty after that. */
  private static void delete(List<TaskSnapshot> snapshots) {
    Set<Path> directories = new HashSet<>();
    for (TaskSnapshot snapshot : snapshots) {
      for (SnapshotFile file : snapshot.files()) {
        directories.add(file.path().toAbsolutePath().getParent());
        delete(file.path());
      }
    }
    directories.forEach(DurableJob::delete);
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.debug("{} stays until the job ends", path, e);
    }
  }

  /** Says in the storage that the job is done, so that it is not done again. */
  private void seal(Attempt done) throws IOException, FencedException, InterruptedException {
    done.coordinator.abandon();
    for (int tries = 0; ; tries++) {
      long id = storage.nextId();
      done.coordinator.begin(id, done.tasks);
      try {
        storage.commit(id, done.numbers, done.coordinator.take());
        break;
      } catch (IOException e) {
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

  @Override
  public boolean await(long millis) throws InterruptedException {
    return ended.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Of the attempt under way: what earlier ones counted is not in it. */
  @Override
  public JobMetrics metrics() {
    return attempt().job.metrics();
  }
}
