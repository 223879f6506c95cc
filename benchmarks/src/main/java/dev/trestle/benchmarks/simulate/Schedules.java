package dev.trestle.benchmarks.simulate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.trestle.runner.engine.Tally;
import dev.trestle.runner.recovery.Divergence;
import dev.trestle.runner.recovery.Rehearsal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Schedules of pipelines, in turn, on as many threads as there are processors. A thread has its own
 * rehearsals; what is shared is guarded by this.
 */
final class Schedules {

  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final List<String> pipelines;
  private final long schedules;
  private final long firstSeed;
  private final Path directory;
  private final long start = System.nanoTime();

  @GuardedBy("this")
  private final Tally tally = new Tally();

  @GuardedBy("this")
  private final List<Divergence> divergences = new ArrayList<>();

  @GuardedBy("this")
  private long given;

  @GuardedBy("this")
  private long done;

  @GuardedBy("this")
  private long lastProgress = start;

  /**
   * So many schedules.
   *
   * @param firstSeed of each pipeline; the next ones follow
   */
  Schedules(List<String> pipelines, long schedules, long firstSeed, Path directory) {
    this.pipelines = pipelines;
    this.schedules = schedules;
    this.firstSeed = firstSeed;
    this.directory = directory;
  }

  /** Runs all. Returns whether none has diverged. */
  boolean run() throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Path own = directory.resolve("thread-" + i);
        workers.add(
            executor.submit(
                () -> {
                  work(own);
                  return null;
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("A pipeline fails when nothing disturbs it", e.getCause());
    } finally {
      executor.shutdownNow();
    }
    return report();
  }

  private void work(Path own) throws Exception {
    Map<String, Rehearsal> rehearsals = new HashMap<>();
    for (long number = next(); number < schedules; number = next()) {
      String pipeline = pipelines.get((int) (number % pipelines.size()));
      Rehearsal rehearsal = rehearsals.get(pipeline);
      if (rehearsal == null) {
        rehearsal = Rehearsal.of(pipeline, own);
        rehearsals.put(pipeline, rehearsal);
      }
      long seed = firstSeed + number / pipelines.size();
      try {
        count(rehearsal.run(seed));
      } catch (Divergence e) {
        count(e, pipeline, seed);
      }
    }
  }

  private synchronized long next() {
    return given++;
  }

  private synchronized void count(Tally once) {
    tally.add(once);
    ended();
  }

  private synchronized void count(Divergence divergence, String pipeline, long seed) {
    divergences.add(divergence);
    System.out.println("diverged: " + divergence.getMessage());
    System.out.println(
        "  to repeat: benchmarks/run.sh simulate --schedules=1 --pipeline="
            + pipeline
            + " --seed="
            + seed);
    ended();
  }

  @GuardedBy("this")
  private void ended() {
    done++;
    long now = System.nanoTime();
    if (now - lastProgress >= PROGRESS_NANOS) {
      lastProgress = now;
      System.out.printf(
          "%d of %d schedules in %d s, %d crashes, %d divergent%n",
          done,
          schedules,
          TimeUnit.NANOSECONDS.toSeconds(now - start),
          tally.crashes(),
          divergences.size());
    }
  }

  private synchronized boolean report() {
    if (schedules == 1) {
      divergences.forEach(Throwable::printStackTrace);
    }
    System.out.printf(
        "simulate: schedules=%d crashes=%d divergent=%d pipelines=%d %s%n",
        done, tally.crashes(), divergences.size(), pipelines.size(), tally);
    return divergences.isEmpty();
  }
}
