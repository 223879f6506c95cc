package dev.trestle.validates.suite;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final TestId ONE = new TestId("a.B", "one");
  private static final TestId TWO = new TestId("a.B", "two");

  @Test
  void agreesWhenExactlyTheListedTestsFail() {
    Verdict verdict = judge(list("a.B#two"), passed(ONE), failed(TWO));
    assertThat(verdict.agrees(), is(true));
    assertThat(verdict.expectedFailures(), contains(failed(TWO)));
    assertThat(verdict.unexpectedFailures(), empty());
  }

  @Test
  void aListedFailureIsNeitherPassedNorHidden() {
    Verdict verdict = judge(list("a.B#two"), passed(ONE), failed(TWO));
    assertThat(verdict.passed(), is(1));
    assertThat(verdict.failed(), is(1));
    assertThat(verdict.skipped(), is(0));
  }

  @Test
  void disagreesOnAFailureThatIsNotListed() {
    Verdict verdict = judge(list(), failed(ONE), passed(TWO));
    assertThat(verdict.agrees(), is(false));
    assertThat(verdict.unexpectedFailures(), contains(failed(ONE)));
  }

  @Test
  void disagreesWhenAListedTestPasses() {
    Verdict verdict = judge(list("a.B#one"), passed(ONE), passed(TWO));
    assertThat(verdict.agrees(), is(false));
    assertThat(verdict.unexpectedPasses(), contains(passed(ONE)));
    assertThat(verdict.passed(), is(2));
  }

  @Test
  void disagreesWhenAListedTestIsSkipped() {
    assertThat(judge(list("a.B#one"), skipped(ONE)).agrees(), is(false));
  }

  @Test
  void disagreesWhenTheListNamesNoTestOfTheSuite() {
    Verdict verdict = judge(list("a.B#gone"), passed(ONE), passed(TWO));
    assertThat(verdict.agrees(), is(false));
    assertThat(verdict.strangers(), contains(new TestId("a.B", "gone")));
  }

  @Test
  void listedTestsThatWereNotAskedForDoNotMatter() {
    assertThat(judge(list("a.B#two"), passed(ONE)).agrees(), is(true));
  }

  @Test
  void aSkippedTestIsNoDisagreement() {
    Verdict verdict = judge(list(), skipped(ONE));
    assertThat(verdict.agrees(), is(true));
    assertThat(verdict.skipped(), is(1));
  }

  private static Verdict judge(ExpectedFailures list, TestResult... results) {
    return Verdict.of(List.of(results), list, new TreeSet<>(List.of(ONE, TWO)));
  }

  private static ExpectedFailures list(String... tests) {
    return ExpectedFailures.parse(
        "list", Arrays.stream(tests).map(test -> test + " | feature | why").toList());
  }

  private static TestResult passed(TestId test) {
    return new TestResult(test, Outcome.PASSED, 1, "");
  }

  private static TestResult failed(TestId test) {
    return new TestResult(test, Outcome.FAILED, 1, "cause");
  }

  private static TestResult skipped(TestId test) {
    return new TestResult(test, Outcome.SKIPPED, 1, "ignored");
  }
}
