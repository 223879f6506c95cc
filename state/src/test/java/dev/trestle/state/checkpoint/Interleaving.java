package dev.trestle.state.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs several processes such that one goes on at a time, and the seed says which. The threads take
 * turns; nothing of what they share needs a lock.
 */
final class Interleaving {

  private final ExecutorService threads;
  private final Random random;
  private final List<Turn> running = new ArrayList<>();
  private final Semaphore finished = new Semaphore(0);
  private Throwable failure;

  /** How often, in percent, another process goes on at a pause. */
  private final int eagerness;

  Interleaving(ExecutorService threads, Random random, int eagerness) {
    this.threads = threads;
    this.random = random;
    this.eagerness = eagerness;
  }

  /** A process's turns. */
  final class Turn implements FaultyStore.Pause {
    private final Semaphore mine = new Semaphore(0);

    @Override
    public void pause() {
      if (running.size() > 1 && random.nextInt(100) < eagerness) {
        Turn next = running.get(random.nextInt(running.size()));
        if (next != this) {
          next.mine.release();
          mine.acquireUninterruptibly();
        }
      }
    }
  }

  /** Something with its own turns. */
  interface Process {
    void run(Turn turn) throws Exception;
  }

  /** Adds a process; may be called by one that runs. */
  void start(Process process) {
    Turn turn = new Turn();
    running.add(turn);
    threads.execute(
        () -> {
          turn.mine.acquireUninterruptibly();
          try {
            process.run(turn);
          } catch (Throwable t) {
            if (failure == null) {
              failure = t;
            }
          }
          running.remove(turn);
          if (running.isEmpty()) {
            finished.release();
          } else {
            running.get(random.nextInt(running.size())).mine.release();
          }
        });
  }

  /** Runs all to their ends. */
  void run() throws Throwable {
    running.get(0).mine.release();
    if (!finished.tryAcquire(60, TimeUnit.SECONDS)) {
      throw new AssertionError("hangs");
    }
    if (failure != null) {
      throw failure;
    }
  }
}
