package dev.trestle.validates.program;

import dev.trestle.validates.process.OutputLines;
import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs batches of tests, each with as many processes as it takes: a test that does not end is
 * killed together with its process, and the next process gets the tests that are left. For one
 * thread.
 */
final class ProgramRun {
  /** What a program gets to end a test in its own way before it is killed. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  /** What a program gets to start, to go on to the next test, and to end. */
  private static final Duration BETWEEN_TESTS = Duration.ofMinutes(3);

  private final TestProgram program;
  private final Duration limit;
  private final Path reports;
  private final Path log;
  private final Consumer<TestResult> listener;

  /**
   * @param log gets the standard error of the processes
   */
  ProgramRun(
      TestProgram program, Duration limit, Path reports, Path log, Consumer<TestResult> listener) {
    this.program = program;
    this.limit = limit;
    this.reports = reports;
    this.log = log;
    this.listener = listener;
  }

  /** Runs all tests of a batch to their ends. */
  void whole(List<TestId> batch) throws IOException, InterruptedException {
    Set<TestId> left = new LinkedHashSet<>(batch);
    while (!left.isEmpty()) {
      int before = left.size();
      String end = part(left);
      if (left.size() == before) {
        fail(left, end + " before the test began, see " + log);
      }
    }
  }

  private void fail(Set<TestId> tests, String cause) {
    tests.forEach(test -> listener.accept(new TestResult(test, Outcome.FAILED, 0, cause)));
    tests.clear();
  }

  /**
   * Has one process run the tests as far as it gets.
   *
   * @param left loses the tests that have ended
   * @return how the process ended
   */
  private String part(Set<TestId> left) throws IOException, InterruptedException {
    RunningTests running = new RunningTests(log, reports, program::cause);
    try (OutputLines lines = OutputLines.of(program.command(List.copyOf(left)), log)) {
      while (true) {
        Duration patience =
            running.longest().map(past -> limit.plus(GRACE).minus(past)).orElse(BETWEEN_TESTS);
        Optional<String> line = lines.next(patience);
        if (line.isPresent()) {
          for (TestEvent event : program.events(line.get())) {
            running.on(event).ifPresent(result -> report(result, left));
          }
        } else {
          return atTheEnd(lines, running, left);
        }
      }
    }
  }

  private String atTheEnd(OutputLines lines, RunningTests running, Set<TestId> left)
      throws IOException, InterruptedException {
    if (lines.isEnded()) {
      String end = "the process ended with status " + lines.status();
      running.failAll(end).forEach(result -> report(result, left));
      return end;
    }
    if (running.longest().isEmpty()) {
      return "nothing was heard for " + BETWEEN_TESTS.toSeconds() + " s";
    }
    for (String line : lines.askedForStacks()) {
      program.events(line).stream()
          .filter(TestEvent.Printed.class::isInstance)
          .forEach(running::on);
    }
    String end = "no end after " + limit.toSeconds() + " s";
    running.failOverdue(end, limit).forEach(result -> report(result, left));
    return end;
  }

  private void report(TestResult result, Set<TestId> left) {
    if (left.remove(result.test())) {
      listener.accept(result);
    }
  }
}
