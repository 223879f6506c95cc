package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.suite.SuiteTests;
import dev.trestle.validates.suite.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.UsesExternalService;
import org.apache.beam.sdk.testing.ValidatesRunner;

/**
 * The suites.
 *
 * <p>{@link NeedsRunner} is on 922 methods of Beam 2.73.0: 4 are ignored by their authors, 14 are
 * out of reach, and the other 904 come to 962 tests, because some have parameters.
 */
enum Suite {
  JAVA_BOUNDED(
      "java-bounded",
      397,
      "the 397 Java tests of category ValidatesRunner that are in reach",
      JavaSuite.inProcess(ValidatesRunner.class)),
  JAVA_STREAMING(
      "java-streaming",
      397,
      "the same with --streaming",
      JavaSuite.inProcess(ValidatesRunner.class, "--streaming=true")),
  NEEDS_RUNNER(
      "needs-runner",
      962,
      "the 962 tests of category NeedsRunner (904 methods), which contain them",
      JavaSuite.inProcess(NeedsRunner.class)),
  JAVA_PORTABLE(
      "java-portable",
      400,
      "ValidatesRunner through a job server, with 3 tests of the harness",
      JavaSuite.remote(ValidatesRunner.class, JavaClient.server())),
  JAVA_BEAM_CLIENT(
      "java-beam-client",
      400,
      "the same through Beam's own client",
      JavaSuite.remote(ValidatesRunner.class, JavaClient.beamClient())),
  CROSS_LANGUAGE(
      "cross-language",
      11,
      "the Java tests with transforms of a Python expansion service",
      new JavaSuite(UsesExternalService.class, Set.of(), JavaClient.serverAndExpansionService())),
  PYTHON("python", 75, "Python's tests of portable runners", PythonSuite.ofJobServer()),
  PYTHON_STREAMING(
      "python-streaming", 75, "the same with --streaming", PythonSuite.ofJobServer("--streaming")),
  PYTHON_VALIDATES(
      "python-validates", 47, "Python's ValidatesRunner", PythonSuite.validatesRunner()),
  PYTHON_TRIGGERS(
      "python-triggers", 18, "Python's transcripts of triggers", PythonSuite.triggers()),
  PYTHON_KAFKA(
      "python-kafka", 2, "Python's tests of Kafka, with Java's transforms", PythonSuite.kafka()),
  GO("go", 91, "Go's integration, regression and cross-language tests", GoSuite.integration()),
  GO_PACKAGES(
      "go-packages", 157, "the tests of Go's packages that run pipelines", GoSuite.packages()),
  GO_RUNNER("go-runner", 14, "the tests of Go's own runner, on another one", GoSuite.ofRunner()),
  TYPESCRIPT("typescript", 21, "TypeScript's tests that run pipelines", new TypeScriptSuite()),
  QUICK_STARTS(
      "quick-starts", 5, "what docs/quick-start.md says, as it is written", new QuickStartSuite());

  /** How a suite comes by its tests. */
  interface Source {

    /**
     * Installs and starts what the tests need.
     *
     * @param reports folder for the details of tests that did not pass, and for logs
     * @param services takes what has to be ended after the tests
     * @throws IOException if something cannot be installed or does not start
     */
    SuiteTests open(SuiteOptions options, Path reports, Services services)
        throws IOException, InterruptedException;
  }

  private final String label;
  private final int size;
  private final String about;

  @SuppressWarnings("ImmutableEnumChecker") // Sources are values; Error Prone wants it in writing.
  private final Source source;

  Suite(String label, int size, String about, Source source) {
    this.label = label;
    this.size = size;
    this.about = about;
    this.source = source;
  }

  /**
   * @throws UsageException if there is no such suite
   */
  static Suite named(String label) {
    return Arrays.stream(values())
        .filter(suite -> suite.label.equals(label))
        .findAny()
        .orElseThrow(() -> new UsageException("no suite '" + label + "'; there are " + labels()));
  }

  static String labels() {
    return Arrays.stream(values()).map(Suite::label).collect(Collectors.joining(", "));
  }

  /** A line for each suite. */
  static String table() {
    return Arrays.stream(values())
        .map(suite -> String.format("  %-18s %s%n", suite.label, suite.about))
        .collect(Collectors.joining());
  }

  String label() {
    return label;
  }

  /**
   * How many tests there are in the versions of the SDKs that are pinned. A run that finds another
   * number has lost some and fails.
   */
  int size() {
    return size;
  }

  Source source() {
    return source;
  }
}
