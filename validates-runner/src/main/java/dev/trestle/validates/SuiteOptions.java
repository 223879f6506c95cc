package dev.trestle.validates;

import dev.trestle.validates.suite.TestPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run, and how; {@link SuiteArguments} reads it from the command line.
 *
 * @param tests patterns of the tests to run; none means all
 * @param fast whether only the suite's core is wanted
 * @param limit the time a test may take
 */
record SuiteOptions(
    Suite suite,
    List<TestPattern> tests,
    boolean fast,
    int jobs,
    Duration limit,
    Pipelines pipelines,
    Java java,
    Places places) {

  /**
   * What all pipelines have in common.
   *
   * @param endpoint of a job server that runs already, or null for one of this working tree
   * @param environment where the SDK's code runs, or null for what is usual for the SDK
   * @param environmentConfig what goes with the environment, or empty
   * @param options added to the suite's
   */
  record Pipelines(
      @Nullable String endpoint,
      @Nullable String environment,
      String environmentConfig,
      List<String> options) {}

  /**
   * Of the Java suites.
   *
   * @param runner the one to test, or null for the suite's
   * @param heap of each worker, as {@code -Xmx} takes it
   * @param arguments of the workers' JVMs
   * @param classPath added to the workers' class path, or null
   */
  record Java(
      @Nullable String runner, String heap, List<String> arguments, @Nullable String classPath) {}

  /**
   * Folders.
   *
   * @param root the working tree
   * @param lists of expected failures
   * @param reports where the details go
   */
  record Places(Path root, Path lists, Path reports) {

    /** What is written in other languages, and the files that pin versions. */
    Path sdks() {
      return root.resolve("validates-runner").resolve("sdks");
    }

    /** The cores of suites. */
    Path cores() {
      return root.resolve("validates-runner").resolve("fast");
    }
  }
}
