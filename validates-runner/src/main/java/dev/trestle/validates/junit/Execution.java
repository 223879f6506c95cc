package dev.trestle.validates.junit;

import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.manipulation.Filter;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** One test, run by JUnit in this process. */
final class Execution extends RunListener {
  private final TestId test;
  private boolean finished;
  private @Nullable Failure failure;
  private @Nullable String skipped;

  private Execution(TestId test) {
    this.test = test;
  }

  /** Runs the test in the calling thread; stack traces go to {@code System.err}. */
  static TestResult of(TestId test) {
    long start = System.nanoTime();
    Execution execution = new Execution(test);
    try {
      Class<?> testClass = Class.forName(test.className());
      Filter only =
          Filter.matchMethodDescription(
              Description.createTestDescription(testClass, test.method()));
      JUnitCore junit = new JUnitCore();
      junit.addListener(execution);
      var unused = junit.run(Request.aClass(testClass).filterWith(only));
    } catch (ReflectiveOperationException | LinkageError trouble) {
      execution.testFailure(new Failure(Description.EMPTY, trouble));
    }
    return execution.result(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private TestResult result(long millis) {
    if (failure != null) {
      return new TestResult(test, Outcome.FAILED, millis, oneLine(failure.getException()));
    }
    if (skipped != null) {
      return new TestResult(test, Outcome.SKIPPED, millis, skipped);
    }
    return finished
        ? new TestResult(test, Outcome.PASSED, millis, "")
        : new TestResult(test, Outcome.FAILED, millis, "JUnit did not run it");
  }

  @Override
  public void testFinished(Description description) {
    finished = true;
  }

  @Override
  public void testFailure(Failure newFailure) {
    System.err.println(newFailure.getTrace());
    if (failure == null) {
      failure = newFailure;
    }
  }

  @Override
  public void testAssumptionFailure(Failure assumption) {
    skipped = oneLine(assumption.getException());
  }

  @Override
  public void testIgnored(Description description) {
    skipped = "ignored";
  }

  /** The exception and, where it is wrapped, what is at the root of it. */
  static String oneLine(Throwable thrown) {
    Throwable root = thrown;
    // A chain of causes may be a ring.
    for (int depth = 0; depth < 50 && root.getCause() != null; depth++) {
      root = root.getCause();
    }
    String text = describe(thrown, 160);
    return root == thrown ? text : text + " <- " + describe(root, 160);
  }

  private static String describe(Throwable thrown, int limit) {
    String message = String.valueOf(thrown.getMessage()).strip().replaceAll("\\s+", " ");
    String text = thrown.getClass().getSimpleName() + ": " + message;
    return text.length() > limit ? text.substring(0, limit) + "..." : text;
  }
}
