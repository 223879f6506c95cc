package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.SingleWriterChannel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * Drives tasks on the caller's thread, in an order drawn from a seed: the same seed gives the same
 * run. Processing time stands still while any task is ready, then jumps to the next wake-up. Not
 * thread safe.
 *
 * <p>Those whom tasks wait for are simulated too: as an executor it takes steps of theirs, which
 * have their turns among those of the tasks.
 */
public final class SimulatedScheduler implements Scheduler, InstantSource, Executor {

  private final Random random;
  private final List<Task> ready = new ArrayList<>();
  private final List<Task> whenQuiet = new ArrayList<>();
  private final List<Runnable> steps = new ArrayList<>();
  private final Wakeups wakeups = new Wakeups();
  private int awaiting;
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

  @Override
  public void awaits(boolean begins) {
    awaiting += begins ? 1 : -1;
  }

  @Override
  public void execute(Runnable step) {
    steps.add(step);
  }

  /** Gives one turn. Returns false when no task will ever be ready again. */
  public boolean step() {
    for (Task due = wakeups.pollDue(this); due != null; due = wakeups.pollDue(this)) {
      due.wake();
    }
    if (stopped) {
      return false;
    }
    boolean quiet = ready.isEmpty() && steps.isEmpty() && awaiting == 0;
    List<Task> from = quiet ? whenQuiet : ready;
    if (from.isEmpty() && steps.isEmpty()) {
      if (wakeups.next() == Long.MAX_VALUE) {
        return false;
      }
      now = Math.max(now, wakeups.next());
      return true;
    }
    int choice = random.nextInt(from.size() + steps.size());
    if (choice >= from.size()) {
      steps.remove(choice - from.size()).run();
      return true;
    }
    Task task = from.remove(choice);
    if (task.claim()) {
      task.run();
    }
    return true;
  }

  @Override
  public void relieve(SingleWriterChannel channel) {
    ReliefRun.relieve(channel, () -> stopped, this::stepOfOthers);
  }

  private void stepOfOthers() {
    if (steps.isEmpty()) {
      throw new IllegalStateException("Everybody waits, and nobody for anything");
    }
    steps.remove(random.nextInt(steps.size())).run();
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
