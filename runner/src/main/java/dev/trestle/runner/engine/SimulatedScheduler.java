package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.SingleWriterChannel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Drives tasks on the caller's thread, in an order drawn from a seed: the same seed gives the same
 * run. Processing time stands still while any task is ready, then jumps to the next wake-up. Not
 * thread safe.
 */
public final class SimulatedScheduler implements Scheduler, InstantSource {

  private final Random random;
  private final List<Task> ready = new ArrayList<>();
  private final List<Task> whenQuiet = new ArrayList<>();
  private final Wakeups wakeups = new Wakeups();
  private long now;
  private boolean stopped;

  /** A simulation that begins with the epoch. */
  public SimulatedScheduler(long seed) {
    this(seed, 0);
  }

  /**
   * A simulation.
   *
   * @param start the processing time at which it begins, in milliseconds since the epoch
   */
  public SimulatedScheduler(long seed, long start) {
    random = new Random(seed);
    now = start;
  }

  @Override
  public void start(List<Task> tasks) {
    tasks.forEach(Task::wake);
  }

  @Override
  public void ready(Task task) {
    (task.runsOnlyWhenQuiet() ? whenQuiet : ready).add(task);
  }

  @Override
  public void wakeAt(Task task, long millis) {
    wakeups.add(task, millis);
  }

  /** Gives one turn. Returns false when no task will ever be ready again. */
  public boolean step() {
    for (Task due = wakeups.pollDue(this); due != null; due = wakeups.pollDue(this)) {
      due.wake();
    }
    if (stopped) {
      return false;
    }
    List<Task> from = ready.isEmpty() ? whenQuiet : ready;
    if (from.isEmpty()) {
      if (wakeups.next() == Long.MAX_VALUE) {
        return false;
      }
      now = Math.max(now, wakeups.next());
      return true;
    }
    Task task = from.remove(random.nextInt(from.size()));
    if (task.claim()) {
      task.run();
    }
    return true;
  }

  @Override
  public void relieve(SingleWriterChannel channel) {
    ReliefRun.relieve(channel, () -> stopped);
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  @Override
  public long millis() {
    return now;
  }
}
