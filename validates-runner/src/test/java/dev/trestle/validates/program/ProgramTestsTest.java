package dev.trestle.validates.program;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dev.trestle.validates.program.samples.SampleProgram;
import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a sample program in real processes. */
class ProgramTestsTest {
  @TempDir Path reports;

  @Test
  void outcomesAndCauses() throws Exception {
    Map<String, TestResult> results = run(Duration.ofSeconds(60), "passes", "fails", "skips");
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
    assertThat(results.get("fails").outcome(), is(Outcome.FAILED));
    assertThat(results.get("fails").cause(), is("cause: said before it failed"));
    assertThat(results.get("skips").outcome(), is(Outcome.SKIPPED));
  }

  @Test
  void whatBelongsToATestIsKeptUnlessItPassed() throws Exception {
    run(Duration.ofSeconds(60), "passes", "fails");
    assertThat(Files.exists(details("passes")), is(false));
    assertThat(
        Files.readString(details("fails")),
        allOf(containsString("said on standard error"), containsString("said before it failed")));
  }

  @Test
  void aHungTestCostsItsProcessAndTheOthersGoOn() throws Exception {
    Map<String, TestResult> results = run(Duration.ZERO, "passes", "hangs", "passesToo");
    assertThat(results.get("hangs").outcome(), is(Outcome.FAILED));
    assertThat(results.get("hangs").cause(), is("no end after 0 s"));
    assertThat(Files.readString(details("hangs")), containsString("and waits"));
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
    assertThat(results.get("passesToo").outcome(), is(Outcome.PASSED));
  }

  @Test
  void aTestThatTakesItsProcessDownFailsAndTheOthersGoOn() throws Exception {
    Map<String, TestResult> results = run(Duration.ofSeconds(60), "diesWithin", "passes");
    assertThat(results.get("diesWithin").outcome(), is(Outcome.FAILED));
    assertThat(results.get("diesWithin").cause(), is("the process ended with status 42"));
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
  }

  @Test
  void testsFailThatNoProcessGetsTo() throws Exception {
    Map<String, TestResult> results = run(Duration.ofSeconds(60), "passes", "diesBefore", "never");
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
    for (String test : List.of("diesBefore", "never")) {
      assertThat(results.get(test).outcome(), is(Outcome.FAILED));
      assertThat(
          results.get(test).cause(),
          containsString("the process ended with status 3 before the test began"));
    }
  }

  @Test
  void aTestThatWaitsForOthersAndIsNeverHeardOfAgainFails() throws Exception {
    Map<String, TestResult> results = run(Duration.ofSeconds(60), "waitsForOthers", "passes");
    assertThat(results.get("waitsForOthers").outcome(), is(Outcome.FAILED));
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
  }

  @Test
  void aTestThatTakesLongOnPurposeIsNotOverdue() throws Exception {
    Path log = Files.createFile(reports.resolve("log"));
    RunningTests running = new RunningTests(log, reports, printed -> printed);
    TestId test = new TestId("sample", "takesLong");
    running.on(new TestEvent.Started(test, Duration.ofHours(1)));
    assertThat(running.longest().orElseThrow().isNegative(), is(true));
    assertThat(running.failOverdue("too long", Duration.ZERO), is(empty()));
    assertThat(running.failAll("the process is gone").get(0).test(), is(test));
  }

  private Map<String, TestResult> run(Duration limit, String... methods) throws Exception {
    List<TestId> tests = Arrays.stream(methods).map(m -> new TestId("sample", m)).toList();
    Map<String, TestResult> results = new ConcurrentHashMap<>();
    new ProgramTests(new Sample(), new TreeSet<>(tests), 1, limit, reports)
        .run(tests, result -> results.put(result.test().method(), result));
    return results;
  }

  private Path details(String method) {
    return reports.resolve(new TestId("sample", method).fileName());
  }

  private static final class Sample implements TestProgram {
    @Override
    public NavigableSet<TestId> tests() {
      throw new UnsupportedOperationException("nobody asks");
    }

    @Override
    public List<List<TestId>> batches(List<TestId> tests, int jobs) {
      return List.of(tests);
    }

    @Override
    public ProcessBuilder command(List<TestId> batch) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx32m",
              "-cp",
              System.getProperty("java.class.path"),
              SampleProgram.class.getName());
      batch.forEach(test -> builder.command().add(test.method()));
      return builder;
    }

    @Override
    public List<TestEvent> events(String line) {
      String[] words = line.split(" ", 3);
      TestId test = new TestId("sample", words[1]);
      return switch (words[0]) {
        case "start" -> List.of(new TestEvent.Started(test));
        case "pause" -> List.of(new TestEvent.Paused(test));
        case "print" -> List.of(new TestEvent.Printed(test, words[2]));
        case "pass" -> List.of(new TestEvent.Ended(test, Outcome.PASSED, "", ""));
        case "fail" -> List.of(new TestEvent.Ended(test, Outcome.FAILED, "", ""));
        case "skip" -> List.of(new TestEvent.Ended(test, Outcome.SKIPPED, "on Sundays", ""));
        default -> throw new IllegalArgumentException(line);
      };
    }

    @Override
    public String cause(String printed) {
      return "cause: " + printed;
    }
  }
}
