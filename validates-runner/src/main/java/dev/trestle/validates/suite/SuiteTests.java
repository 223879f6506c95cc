package dev.trestle.validates.suite;

import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.Consumer;

/** The tests of a suite, and how to run them. */
public interface SuiteTests {

  /** All of them, whether they are to be run or not. */
  NavigableSet<TestId> all();

  /** What to tell whoever runs the suite before it begins, a line each. */
  List<String> remarks();

  /**
   * Runs tests and returns when the last has ended.
   *
   * @param tests of {@link #all}, in the order in which to start them
   * @param listener gets each result as it comes, perhaps from several threads
   * @throws IOException if what runs the tests cannot be run; a test that fails is a result
   */
  void run(List<TestId> tests, Consumer<TestResult> listener)
      throws IOException, InterruptedException;
}
