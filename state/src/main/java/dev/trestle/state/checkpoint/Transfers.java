package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Moves objects between a store and this machine, several at a time where the store likes that. */
final class Transfers {

  private Transfers() {}

  /** The way of one object. */
  interface Transfer {
    void run() throws IOException;
  }

  /**
   * Runs all of them, in this thread if it is to be one at a time. When one fails the others are
   * given up; nothing is running any more when this returns or throws.
   *
   * @throws IOException what the first failed with
   * @throws RuntimeException likewise
   */
  static void runAll(int atATime, List<Transfer> transfers) throws IOException {
    if (atATime == 1 || transfers.size() <= 1) {
      for (Transfer transfer : transfers) {
        transfer.run();
      }
    } else {
      runSideBySide(Math.min(atATime, transfers.size()), transfers);
    }
  }

  private static void runSideBySide(int threads, List<Transfer> transfers) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(threads, Transfers::thread);
    try {
      CompletionService<Void> running = new ExecutorCompletionService<>(pool);
      for (Transfer transfer : transfers) {
        running.submit(
            () -> {
              transfer.run();
              return null;
            });
      }
      for (int i = 0; i < transfers.size(); i++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while objects were being transferred");
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "checkpoint-transfer");
    thread.setDaemon(true);
    return thread;
  }

  private static IOException failure(ExecutionException failed) {
    Throwable cause = failed.getCause();
    if (cause instanceof RuntimeException runtime) {
      throw runtime;
    }
    return cause instanceof IOException io
        ? io
        : new IOException("An object could not be transferred", cause);
  }

  /** Waits even when interrupted: local files must stay as long as somebody reads them. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
