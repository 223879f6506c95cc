package dev.trestle.validates.suite;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Collects results and prints a line every few seconds. Any thread may add. */
public final class Progress {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String name;
  private final int total;
  private final PrintStream out;
  private final long start = System.nanoTime();

  @GuardedBy("this")
  private final List<TestResult> results = new ArrayList<>();

  @GuardedBy("this")
  private int failed;

  @GuardedBy("this")
  private long lastLine = start;

  public Progress(String name, int total, PrintStream out) {
    this.name = name;
    this.total = total;
    this.out = out;
  }

  public synchronized void add(TestResult result) {
    results.add(result);
    if (result.outcome() == Outcome.FAILED) {
      failed++;
    }
    long now = System.nanoTime();
    if (now - lastLine >= INTERVAL_NANOS) {
      lastLine = now;
      out.printf("%s: %d of %d, %d failed, %d s%n", name, results.size(), total, failed, seconds());
    }
  }

  /** Seconds since the first test could start. */
  public long seconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
  }

  public synchronized List<TestResult> results() {
    return List.copyOf(results);
  }
}
