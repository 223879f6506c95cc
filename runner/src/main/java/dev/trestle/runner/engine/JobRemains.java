package dev.trestle.runner.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left to close when a job has ended: its tasks, and what they share.
 *
 * <p>A thread of user code that cannot be interrupted may still be in a task's turn. To close the
 * task beside it would free native memory that it uses, and end the process. Such a task is left
 * open, and all that tasks share with it, until the thread comes out of its turn; the process may
 * end before. What the thread puts out meanwhile reaches nobody: no task of the job has a turn any
 * more, and no checkpoint of it will be committed.
 *
 * <p>Whoever uploads files of the job holds them meanwhile, and closing waits for that.
 *
 * <p>The job's supervisor closes; any thread may ask. Locking: {@link #files} is held to read files
 * of tasks that may be closed, and to delete them.
 */
final class JobRemains {

  private static final Logger LOG = LoggerFactory.getLogger(JobRemains.class);

  /** How often to look whether a thread has come out of its turn. */
  private static final long LOOK_MILLIS = 100;

  private final String name;
  private final List<Task> tasks;
  private final JobResources resources;
  private final ReentrantLock files = new ReentrantLock();

  /** Belongs to whoever holds {@link #files}. */
  private boolean deleted;

  private volatile boolean leftOpen;

  JobRemains(String name, List<Task> tasks, JobResources resources) {
    this.name = name;
    this.tasks = tasks;
    this.resources = resources;
  }

  /** What to tell the user that a task has failed by. */
  Throwable explained(Throwable failure) {
    return SpillFailures.explained(failure, resources.spill());
  }

  /** The failure of a job whose tasks cannot write what a checkpoint needs. */
  IOException unwritable(SnapshotException failure) {
    return SpillFailures.of(failure, failure, resources.spill());
  }

  /** Whether something could not be closed so far. */
  boolean isLeftOpen() {
    return leftOpen;
  }

  /**
   * Sees to it that the job's files stay, whatever becomes of it, until {@link #releaseFiles}. The
   * same thread has to call both.
   *
   * @return false if they are gone: then there is nothing to release
   */
  boolean holdFiles() {
    files.lock();
    boolean held = !deleted;
    if (!held) {
      files.unlock();
    }
    return held;
  }

  void releaseFiles() {
    files.unlock();
  }

  private void closeResources() {
    files.lock();
    try {
      deleted = true;
      resources.close();
    } finally {
      files.unlock();
    }
  }

  /** Closes what no thread uses. The scheduler gives no turns any more. */
  void close() {
    List<Task> inTurn = new ArrayList<>();
    for (Task task : tasks) {
      if (task.retire()) {
        close(task);
      } else {
        inTurn.add(task);
      }
    }
    if (inTurn.isEmpty()) {
      closeResources();
    } else {
      leftOpen = true;
      report(inTurn);
      Thread later = new Thread(() -> closeLater(inTurn), name + "-left-open");
      later.setDaemon(true);
      later.start();
    }
  }

  /** One thread may be in the turns of several tasks, when it makes room in a channel. */
  private void report(List<Task> inTurn) {
    Map<String, List<String>> byThread = new LinkedHashMap<>();
    for (Task task : inTurn) {
      byThread.computeIfAbsent(whereabouts(task), thread -> new ArrayList<>()).add(task.name());
    }
    byThread.forEach(
        (thread, names) ->
            LOG.warn(
                "{} has ended, and a thread does not come out of {}: its state, its memory and its"
                    + " temporary files stay until it does. {}",
                name,
                names,
                thread));
  }

  private static String whereabouts(Task task) {
    Thread thread = task.thread();
    if (thread == null) {
      return "It has not begun yet";
    }
    StringBuilder text = new StringBuilder("Thread ").append(thread.getName()).append(" is in");
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append(System.lineSeparator()).append("\tat ").append(frame);
    }
    return text.toString();
  }

  private void closeLater(List<Task> inTurn) {
    try {
      for (Task task : inTurn) {
        while (!task.retire()) {
          Thread.sleep(LOOK_MILLIS);
        }
        close(task);
      }
      closeResources();
      leftOpen = false;
      LOG.info("Nothing of {} is left open any more", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(Task task) {
    try {
      task.close();
    } catch (Exception e) {
      LOG.warn("{} did not close cleanly", task.name(), e);
    }
  }
}
