package dev.trestle.validates.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.Predicate;

/**
 * The results of a suite held against its list of expected failures.
 *
 * @param passed how many tests passed, listed or not
 * @param failed how many failed, listed or not
 * @param expectedFailures failed as listed
 * @param unexpectedFailures failed and not listed
 * @param unexpectedPasses listed, but passed or was skipped
 * @param strangers listed, but no test of the suite
 */
public record Verdict(
    int passed,
    int failed,
    int skipped,
    List<TestResult> expectedFailures,
    List<TestResult> unexpectedFailures,
    List<TestResult> unexpectedPasses,
    List<TestId> strangers) {

  /**
   * Compares results with the list.
   *
   * @param results of the tests that ran, perhaps a part of the suite
   * @param all the tests of the suite
   */
  public static Verdict of(
      List<TestResult> results, ExpectedFailures list, NavigableSet<TestId> all) {
    List<TestResult> expectedFailures = new ArrayList<>();
    List<TestResult> unexpectedFailures = new ArrayList<>();
    List<TestResult> unexpectedPasses = new ArrayList<>();
    for (TestResult result : results) {
      boolean failed = result.outcome() == Outcome.FAILED;
      boolean listed = list.contains(result.test());
      if (failed) {
        (listed ? expectedFailures : unexpectedFailures).add(result);
      } else if (listed) {
        unexpectedPasses.add(result);
      }
    }
    return new Verdict(
        count(results, Outcome.PASSED),
        count(results, Outcome.FAILED),
        count(results, Outcome.SKIPPED),
        expectedFailures,
        unexpectedFailures,
        unexpectedPasses,
        list.byTest().keySet().stream().filter(Predicate.not(all::contains)).toList());
  }

  private static int count(List<TestResult> results, Outcome outcome) {
    return (int) results.stream().filter(result -> result.outcome() == outcome).count();
  }

  /** Whether the results are exactly what the list says. */
  public boolean agrees() {
    return unexpectedFailures.isEmpty() && unexpectedPasses.isEmpty() && strangers.isEmpty();
  }
}
