package dev.trestle.validates.junit;

import dev.trestle.validates.suite.SuiteTests;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.Consumer;

/** Tests of a catalog, run by a pool of workers. */
public record JUnitTests(TestCatalog catalog, WorkerPool workers) implements SuiteTests {

  @Override
  public NavigableSet<TestId> all() {
    return catalog.tests();
  }

  @Override
  public List<String> remarks() {
    return catalog.unloadable().entrySet().stream()
        .map(entry -> "not loaded: " + entry.getKey() + ": " + entry.getValue())
        .toList();
  }

  @Override
  public void run(List<TestId> tests, Consumer<TestResult> listener)
      throws IOException, InterruptedException {
    workers.run(tests, listener);
  }
}
