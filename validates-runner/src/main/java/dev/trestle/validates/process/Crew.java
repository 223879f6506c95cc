package dev.trestle.validates.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that do the same work side by side. */
public final class Crew {

  private Crew() {}

  /** What each of them does. */
  public interface Work {

    /** Members are numbered from 1. */
    void run(int member) throws IOException, InterruptedException;
  }

  /**
   * Returns when all have ended.
   *
   * @throws IOException if the work of one failed; the others are interrupted
   */
  public static void run(int members, Work work) throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(members);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 1; i <= members; i++) {
        int member = i;
        ends.add(
            threads.submit(
                () -> {
                  work.run(member);
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a worker could not be run: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }
}
