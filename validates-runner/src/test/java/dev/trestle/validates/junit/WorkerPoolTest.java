package dev.trestle.validates.junit;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import dev.trestle.validates.junit.samples.Endings;
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
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs sample tests in real processes. */
class WorkerPoolTest {
  @TempDir Path reports;

  @Test
  void outcomesAndCauses() throws Exception {
    Map<String, TestResult> results = run(2, "passes", "fails", "skips", "seesProperty");
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
    assertThat(results.get("seesProperty").outcome(), is(Outcome.PASSED));
    assertThat(results.get("fails").outcome(), is(Outcome.FAILED));
    assertThat(
        results.get("fails").cause(),
        is("IllegalStateException: outer <- ArithmeticException: inner"));
    assertThat(results.get("skips").outcome(), is(Outcome.SKIPPED));
    assertThat(results.get("skips").cause(), containsString("only on Sundays"));
  }

  @Test
  void onlyTestsThatDidNotPassLeaveTheirOutput() throws Exception {
    run(1, "passes", "fails");
    assertThat(Files.exists(details("passes")), is(false));
    assertThat(
        Files.readString(details("fails")),
        allOf(
            containsString("said before it failed"),
            containsString("Caused by: java.lang.ArithmeticException: inner")));
  }

  @Test
  void aHungTestFailsWithAThreadDumpAndTheOthersGoOn() throws Exception {
    Map<String, TestResult> results = run(1, "hangs", "passes", "passesToo");
    TestResult hung = results.get("hangs");
    assertThat(hung.outcome(), is(Outcome.FAILED));
    assertThat(hung.cause(), is("no end after 3 s"));
    assertThat(hung.millis(), greaterThanOrEqualTo(3000L));
    assertThat(Files.readString(details("hangs")), containsString("Endings.waitForGodot"));
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
    assertThat(results.get("passesToo").outcome(), is(Outcome.PASSED));
  }

  @Test
  void aTestThatKillsItsProcessFailsAndTheOthersGoOn() throws Exception {
    Map<String, TestResult> results = run(1, "killsItsProcess", "passes");
    assertThat(
        results.get("killsItsProcess"),
        equalTo(
            new TestResult(
                results.get("killsItsProcess").test(),
                Outcome.FAILED,
                results.get("killsItsProcess").millis(),
                "the process died, exit status 42")));
    assertThat(results.get("passes").outcome(), is(Outcome.PASSED));
  }

  @Test
  void aTestThatCannotBeginFails() throws Exception {
    TestId neverRuns = new TestId(Endings.FailsToBegin.class.getName(), "neverRuns");
    TestId missing = new TestId(Endings.class.getName(), "missing");
    Map<String, TestResult> results = run(1, List.of(neverRuns, missing));
    assertThat(results.get("neverRuns").outcome(), is(Outcome.FAILED));
    assertThat(results.get("neverRuns").cause(), is("AssertionError: no begin"));
    assertThat(results.get("missing").outcome(), is(Outcome.FAILED));
  }

  private Map<String, TestResult> run(int jobs, String... methods) throws Exception {
    return run(
        jobs, Arrays.stream(methods).map(m -> new TestId(Endings.class.getName(), m)).toList());
  }

  private Map<String, TestResult> run(int jobs, List<TestId> tests)
      throws IOException, InterruptedException {
    List<String> jvm =
        List.of("-Xmx64m", "-Dtrestle.sample=yes", "-cp", System.getProperty("java.class.path"));
    Map<String, TestResult> results = new ConcurrentHashMap<>();
    new WorkerPool(jobs, jvm, reports, Duration.ofSeconds(3))
        .run(tests, result -> results.put(result.test().method(), result));
    return results;
  }

  private Path details(String method) {
    return reports.resolve(new TestId(Endings.class.getName(), method).fileName());
  }
}
