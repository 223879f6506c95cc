package dev.trestle.runner.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.exchange.SingleWriterChannel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Drives tasks by a pool of threads, as many as the job's parallelism. A turn is a bundle, so the
 * one lock is taken a few thousand times a second and no element ever waits for it.
 *
 * <p>A DoFn that blocks keeps its thread. A watchdog notices threads that are long in one turn
 * while tasks are ready, and adds threads for as long as that lasts.
 *
 * <p>Locking: {@link #lock} guards the queues and the list of workers; no task is run with it held.
 */
public final class ThreadedScheduler implements Scheduler {

  private static final long WATCH_MILLIS = 50;

  /** A thread that waits for so long within a turn is taken to be blocked. */
  private static final long BLOCKED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A thread that computes for so long within a turn should not keep others from theirs. */
  private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long a thread that makes room in a channel lets others do their part at a time. */
  private static final long RELIEF_PAUSE_NANOS = 20_000;

  /** Most threads for each one of the parallelism. */
  private static final int MOST_FOLD = 32;

  /** How long {@link #stop} waits before it interrupts threads that are still in a turn. */
  private static final long GRACE_MILLIS = 1000;

  /** How long {@link #stop} waits after that. */
  private static final long LAST_GRACE_MILLIS = 10_000;

  private final int parallelism;
  private final InstantSource clock;
  private final String name;
  private final Thread watchdog;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final ReadyQueue ready = new ReadyQueue();

  @GuardedBy("lock")
  private final Wakeups wakeups = new Wakeups();

  @GuardedBy("lock")
  private final List<Worker> workers = new ArrayList<>();

  @GuardedBy("lock")
  private int inTurn;

  /** How many tasks wait for others. */
  @GuardedBy("lock")
  private int awaiting;

  @GuardedBy("lock")
  private int wanted;

  @GuardedBy("lock")
  private int made;

  private volatile boolean stopped;

  /**
   * A scheduler that has not started.
   *
   * @param parallelism number of threads while none is blocked, at least 1
   * @param clock processing time
   * @param name prefix of the threads' names
   */
  public ThreadedScheduler(int parallelism, InstantSource clock, String name) {
    this.parallelism = parallelism;
    this.clock = clock;
    this.name = name;
    wanted = parallelism;
    watchdog = new Thread(this::watch, name + "-watchdog");
    watchdog.setDaemon(true);
  }

  @Override
  public void start(List<Task> tasks) {
    tasks.forEach(Task::wake);
    lock.lock();
    try {
      addWorkers();
    } finally {
      lock.unlock();
    }
    watchdog.start();
  }

  @Override
  public void ready(Task task) {
    lock.lock();
    try {
      ready.add(task);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void wakeAt(Task task, long millis) {
    lock.lock();
    try {
      boolean first = millis < wakeups.next();
      wakeups.add(task, millis);
      if (first) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void awaits(boolean begins) {
    lock.lock();
    try {
      awaiting += begins ? 1 : -1;
    } finally {
      lock.unlock();
    }
  }

  private final class Worker extends Thread {

    /** Start of the current turn, by {@code nanoTime}; 0 between turns. */
    private volatile long turnStart;

    Worker(int number) {
      super(name + "-worker-" + number);
      setDaemon(true);
    }

    @Override
    public void run() {
      for (Task task = next(this); task != null; task = next(this)) {
        if (task.claim()) {
          turnStart = System.nanoTime() | 1;
          task.run();
          turnStart = 0;
        }
        turnEnded();
      }
    }

    /** Whether the thread should not be counted on for other tasks. */
    boolean isStuck(long now) {
      long start = turnStart;
      if (start == 0) {
        return false;
      }
      long nanos = now - start;
      return nanos > BUSY_NANOS || (nanos > BLOCKED_NANOS && getState() != State.RUNNABLE);
    }
  }

  /** Waits for the next task to run; null when the worker should end. */
  private @Nullable Task next(Worker worker) {
    lock.lock();
    try {
      while (!stopped && workers.size() <= wanted) {
        wakeDue();
        Task task = ready.poll();
        if (task == null && inTurn == 0 && awaiting == 0) {
          task = ready.pollWhenQuiet();
        }
        if (task != null) {
          inTurn++;
          return task;
        }
        long wakeup = wakeups.next();
        if (wakeup == Long.MAX_VALUE) {
          changed.await();
        } else {
          changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(1, wakeup - clock.millis())));
        }
      }
      leave(worker);
      return null;
    } catch (InterruptedException e) {
      leave(worker);
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Whoever leaves may have been woken for a task that is ready: another has to look. */
  @GuardedBy("lock")
  private void leave(Worker worker) {
    workers.remove(worker);
    changed.signal();
  }

  @GuardedBy("lock")
  private void wakeDue() {
    for (Task due = wakeups.pollDue(clock); due != null; due = wakeups.pollDue(clock)) {
      due.wake();
    }
  }

  private void turnEnded() {
    lock.lock();
    try {
      inTurn--;
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    try {
      while (!stopped) {
        Thread.sleep(WATCH_MILLIS);
        lock.lock();
        try {
          long now = System.nanoTime();
          long stuck = workers.stream().filter(worker -> worker.isStuck(now)).count();
          wanted = (int) Math.min(parallelism + stuck, (long) parallelism * MOST_FOLD);
          if (ready.size() > 0 || stuck == 0) {
            addWorkers();
          }
        } finally {
          lock.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @GuardedBy("lock")
  private void addWorkers() {
    while (workers.size() < wanted && !stopped) {
      Worker worker = new Worker(++made);
      workers.add(worker);
      worker.start();
    }
  }

  @Override
  public void relieve(SingleWriterChannel channel) {
    ReliefRun.relieve(channel, () -> stopped, () -> LockSupport.parkNanos(RELIEF_PAUSE_NANOS));
  }

  @Override
  public void stop() throws InterruptedException {
    stopped = true;
    watchdog.interrupt();
    List<Worker> left;
    lock.lock();
    try {
      changed.signalAll();
      left = new ArrayList<>(workers);
    } finally {
      lock.unlock();
    }
    awaitEnd(left, GRACE_MILLIS);
    left.forEach(Thread::interrupt);
    awaitEnd(left, LAST_GRACE_MILLIS);
  }

  private static void awaitEnd(List<Worker> workers, long millis) throws InterruptedException {
    long deadline = System.currentTimeMillis() + millis;
    for (Worker worker : workers) {
      worker.join(Math.max(1, deadline - System.currentTimeMillis()));
    }
    workers.removeIf(worker -> !worker.isAlive());
  }
}
