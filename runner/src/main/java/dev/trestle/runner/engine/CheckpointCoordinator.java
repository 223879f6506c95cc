package dev.trestle.runner.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.metrics.StepMetrics;
import dev.trestle.state.checkpoint.TaskSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what the tasks of a job hand over for a checkpoint. One checkpoint is under way at a
 * time: {@link #begin} asks for barriers, every task hands over its snapshot when the barriers have
 * met in it, and one that has come to its end counts as such; then {@link #take} has them all.
 *
 * <p>A task that cannot write its snapshot fails the checkpoint and nothing else. Any thread may
 * call.
 */
final class CheckpointCoordinator implements TaskListener {

  private final TaskListener job;
  private final Supplier<Path> newFile;

  @GuardedBy("this")
  private final Set<Task> finished = new LinkedHashSet<>();

  @GuardedBy("this")
  private @Nullable Pending pending;

  /**
   * What all tasks have handed over.
   *
   * @param metrics what they have counted since the job was started, before the barriers
   */
  record Snapshots(List<TaskSnapshot> tasks, StepMetrics metrics) {}

  /** A checkpoint under way. */
  private static final class Pending {
    final long id;
    final Set<Task> missing;
    final List<TaskSnapshot> snapshots = new ArrayList<>();
    final StepMetrics metrics = new StepMetrics();
    @Nullable Exception failure;

    Pending(long id, List<Task> tasks) {
      this.id = id;
      missing = new HashSet<>(tasks);
    }
  }

  /**
   * A coordinator.
   *
   * @param job hears of the tasks' ends too
   * @param newFile gives paths at which there is no file
   */
  CheckpointCoordinator(TaskListener job, Supplier<Path> newFile) {
    this.job = job;
    this.newFile = newFile;
  }

  /**
   * Begins a checkpoint.
   *
   * @param id greater than all before
   * @throws IllegalStateException if one is under way
   */
  void begin(long id, List<Task> tasks) {
    synchronized (this) {
      if (pending != null) {
        throw new IllegalStateException("Checkpoint " + pending.id + " is under way");
      }
      Pending begun = new Pending(id, tasks);
      for (Task task : finished) {
        finish(begun, task);
      }
      pending = begun;
    }
    for (Task task : tasks) {
      task.requestBarrier(id);
    }
  }

  private static void finish(Pending checkpoint, Task task) {
    if (checkpoint.missing.remove(task)) {
      checkpoint.snapshots.add(task.finishedSnapshot());
      checkpoint.metrics.addAll(task.metrics());
    }
  }

  /**
   * Takes the snapshots of the checkpoint under way, which is over by that. Their files belong to
   * the caller.
   *
   * @throws SnapshotException if a task could not write its snapshot; those of the others are
   *     deleted
   * @throws IllegalStateException as long as they are not complete
   */
  synchronized Snapshots take() throws SnapshotException {
    Pending complete = pending;
    if (complete == null || !complete.missing.isEmpty()) {
      throw new IllegalStateException("No checkpoint is complete");
    }
    pending = null;
    if (complete.failure != null) {
      SnapshotFiles.delete(complete.snapshots);
      throw new SnapshotException(complete.failure);
    }
    return new Snapshots(complete.snapshots, complete.metrics);
  }

  /** Whether the checkpoint under way is complete. */
  synchronized boolean isComplete() {
    return pending != null && pending.missing.isEmpty();
  }

  /** Forgets the checkpoint under way, if there is one. All tasks have come to their end. */
  synchronized void abandon() {
    pending = null;
  }

  /**
   * Waits until {@link #take} has something to give, for a while.
   *
   * @return whether it has
   */
  synchronized boolean awaitComplete(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (pending != null && !pending.missing.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return pending != null;
  }

  @Override
  public void barrierPassed(Task task, long barrier) {
    StepMetrics metrics = task.metrics();
    TaskSnapshot snapshot = null;
    Exception failure = null;
    try {
      snapshot = task.snapshot(newFile.get());
    } catch (IOException | UncheckedIOException e) {
      failure = e;
    }
    synchronized (this) {
      Pending checkpoint = pending;
      if (checkpoint == null || checkpoint.id != barrier || !checkpoint.missing.remove(task)) {
        throw new IllegalStateException(
            "Barrier " + barrier + " has passed " + task + " and is not awaited");
      }
      if (snapshot != null) {
        checkpoint.snapshots.add(snapshot);
        checkpoint.metrics.addAll(metrics);
      } else {
        checkpoint.failure = failure;
      }
      notifyIfComplete(checkpoint);
    }
  }

  @Override
  public void finished(Task task) {
    synchronized (this) {
      finished.add(task);
      Pending checkpoint = pending;
      if (checkpoint != null) {
        finish(checkpoint, task);
        notifyIfComplete(checkpoint);
      }
    }
    job.finished(task);
  }

  @GuardedBy("this")
  private void notifyIfComplete(Pending checkpoint) {
    if (checkpoint.missing.isEmpty()) {
      notifyAll();
    }
  }

  @Override
  public void failed(Task task, Throwable cause) {
    job.failed(task, cause);
  }
}
