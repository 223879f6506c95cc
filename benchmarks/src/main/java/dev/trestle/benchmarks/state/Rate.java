package dev.trestle.benchmarks.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/** Operations per second of loops that run side by side. */
final class Rate {

  private Rate() {}

  /** Warms up for so many seconds, then measures for as many. */
  static double of(List<? extends Loop> loops, IntFunction<LongSupplier> numbers, long seconds)
      throws InterruptedException, ExecutionException {
    List<LongSupplier> suppliers = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      suppliers.add(numbers.apply(i));
    }
    run(loops, suppliers, seconds);
    return run(loops, suppliers, seconds);
  }

  private static double run(List<? extends Loop> loops, List<LongSupplier> suppliers, long seconds)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(loops.size());
    try {
      long start = System.nanoTime();
      long end = start + seconds * 1_000_000_000L;
      List<Future<Double>> rates = new ArrayList<>();
      for (int i = 0; i < loops.size(); i++) {
        Loop loop = loops.get(i);
        LongSupplier source = suppliers.get(i);
        rates.add(
            threads.submit(
                () -> {
                  long done = 0;
                  long now;
                  do {
                    loop.batch(source);
                    done += Loop.BATCH;
                    now = System.nanoTime();
                  } while (now < end);
                  return done * 1e9 / (now - start);
                }));
      }
      double sum = 0;
      for (Future<Double> rate : rates) {
        sum += rate.get();
      }
      return sum;
    } finally {
      threads.shutdown();
    }
  }
}
