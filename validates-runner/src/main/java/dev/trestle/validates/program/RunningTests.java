package dev.trestle.validates.program;

import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The tests that a process has begun and not ended, with what they have printed so far. What
 * belongs to a test that did not pass is written to its own file. For one thread.
 */
final class RunningTests {
  private static final int MAX_CHARS = 4 << 20;

  private static final class Run {
    private final StringBuilder printed = new StringBuilder();
    private long start = System.nanoTime();
    private boolean paused;

    private Duration allowance = Duration.ZERO;

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - start);
    }

    /** As far as it counts for the limit. */
    Duration limitedAge() {
      return age().minus(allowance);
    }
  }

  private final Map<TestId, Run> runs = new LinkedHashMap<>();
  private final Path log;
  private final Path reports;
  private final UnaryOperator<String> cause;

  /** Where the log ended when the last test had ended, and the one before it. */
  private long lastEnd;

  private long endBeforeLast;

  /**
   * @param log of the process; what is appended to it belongs to the test that ends next, or to the
   *     one before it: events come a little later
   * @param cause finds the cause of a failure in what was printed
   */
  RunningTests(Path log, Path reports, UnaryOperator<String> cause) throws IOException {
    this.log = log;
    this.reports = reports;
    this.cause = cause;
    this.lastEnd = Files.exists(log) ? Files.size(log) : 0;
    this.endBeforeLast = lastEnd;
  }

  /**
   * For how long the oldest of those that are not paused has run; allowances do not count, so that
   * it may be less than nothing.
   */
  Optional<Duration> longest() {
    return runs.values().stream()
        .filter(run -> !run.paused)
        .map(Run::limitedAge)
        .max(Comparator.naturalOrder());
  }

  /** Takes in an event; the result if it is an end. */
  Optional<TestResult> on(TestEvent event) {
    Run run = runs.computeIfAbsent(event.test(), test -> new Run());
    if (event instanceof TestEvent.Started started) {
      run.allowance = started.allowance();
      run.start = System.nanoTime();
      run.paused = false;
    } else if (event instanceof TestEvent.Paused) {
      run.paused = true;
    } else if (event instanceof TestEvent.Printed printed) {
      print(run, printed.text());
    } else if (event instanceof TestEvent.Ended ended) {
      print(run, ended.details());
      return Optional.of(end(ended.test(), ended.outcome(), ended.cause(), run.age()));
    }
    return Optional.empty();
  }

  /** Fails all that run; those that have never begun to are left. */
  List<TestResult> failAll(String why) {
    return fail(why, run -> true);
  }

  /** Fails those that run, and have done so for as long as that. */
  List<TestResult> failOverdue(String why, Duration atLeast) {
    return fail(why, run -> run.limitedAge().compareTo(atLeast) >= 0);
  }

  private List<TestResult> fail(String why, Predicate<Run> which) {
    List<TestResult> results = new ArrayList<>();
    for (Map.Entry<TestId, Run> entry : List.copyOf(runs.entrySet())) {
      Run run = entry.getValue();
      if (!run.paused && which.test(run)) {
        results.add(end(entry.getKey(), Outcome.FAILED, why, run.age()));
      }
    }
    return results;
  }

  private TestResult end(TestId test, Outcome outcome, String said, Duration taken) {
    Run run = runs.remove(test);
    String printed = run == null ? "" : run.printed.toString();
    String why = outcome == Outcome.PASSED || !said.isEmpty() ? said : cause.apply(printed);
    try {
      String logged = endOfLog();
      if (outcome != Outcome.PASSED) {
        Files.writeString(reports.resolve(test.fileName()), why + "\n\n" + logged + printed);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TestResult(test, outcome, taken.toMillis(), why);
  }

  private static void print(Run run, String text) {
    int room = MAX_CHARS - run.printed.length();
    run.printed.append(text, 0, Math.min(room, text.length()));
  }

  private String endOfLog() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long size = file.length();
      file.seek(Math.max(endBeforeLast, size - MAX_CHARS));
      byte[] bytes = new byte[(int) (size - file.getFilePointer())];
      file.readFully(bytes);
      endBeforeLast = lastEnd;
      lastEnd = size;
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
