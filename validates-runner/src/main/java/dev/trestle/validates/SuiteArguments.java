package dev.trestle.validates;

import dev.trestle.validates.suite.TestPattern;
import dev.trestle.validates.suite.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line. */
final class SuiteArguments {

  static final String HELP =
      """
      usage: validates-runner/run.sh SUITE [option...]

      Runs Beam's conformance tests. SUITE is one of:
      """
          + Suite.table()
          + """

        --tests=PATTERN[,...]  only the tests whose Class#method matches: * stands for anything,
                               the package may be left out, and so may #method
        --fast                 only the suite's core, for continuous integration
        --jobs=N               test processes side by side (default: one per processor)
        --limit=SECONDS        time limit of each test (default 60)
        --option=--NAME=VALUE  one more pipeline option; may be given again
        --lists=DIR            the lists of expected failures (default: expected-failures here),
                               SUITE.txt or, if there is one, SUITE-ENVIRONMENT.txt
        --reports=DIR          where the details go (default: target/reports here)

      Suites that send their pipelines to a job server start one of this working tree:
        --endpoint=HOST:PORT   uses one that is running instead
        --environment=TYPE     where the SDK's code runs: LOOPBACK, PROCESS, EXTERNAL; Java also
                               EMBEDDED (default: LOOPBACK, Java EMBEDDED)
        --environment-config=TEXT
                               what goes with it (default: Trestle's own program for PROCESS, a
                               worker pool that the suite starts for EXTERNAL)

      Java suites:
        --runner=NAME          the runner (default: the suite's)
        --heap=SIZE            heap of each test process (default 2g)
        --jvm=ARGUMENT         one more argument for the test processes; may be given again
        --class-path=PATHS     more jars for the test processes

      Python's suites need Python 3.11, Go's need Go, TypeScript's needs Node.js and npm. What they
      install goes to $XDG_CACHE_HOME/trestle or ~/.cache/trestle.

      The status is 0 if every test did what the suite's list of expected failures says, 1 if
      not, 2 if the command is wrong. In the closing line every test that was run counts once;
      "failed" holds the listed failures too.
      """;

  private @Nullable Suite suite;
  private final List<TestPattern> tests = new ArrayList<>();
  private boolean fast;
  private int jobs = Runtime.getRuntime().availableProcessors();
  private int limit = 60;
  private @Nullable String endpoint;
  private @Nullable String environment;
  private String environmentConfig = "";
  private final List<String> pipelineOptions = new ArrayList<>();
  private @Nullable String runner;
  private String heap = "2g";
  private final List<String> jvmArguments = new ArrayList<>();
  private @Nullable String classPath;
  private Path root = Path.of("..");
  private Path lists = Path.of("expected-failures");
  private Path reports = Path.of("target", "reports");

  private SuiteArguments() {}

  /**
   * @throws UsageException if an argument is unknown or has a bad value
   */
  static SuiteOptions parse(String... args) {
    SuiteArguments arguments = new SuiteArguments();
    for (String arg : args) {
      if (arg.equals("--fast")) {
        arguments.fast = true;
      } else if (arg.startsWith("-")) {
        arguments.option(arg);
      } else {
        arguments.suite(arg);
      }
    }
    return arguments.options();
  }

  private void suite(String label) {
    if (suite != null) {
      throw new UsageException("unexpected argument: " + label);
    }
    suite = Suite.named(label);
  }

  private void option(String arg) {
    String[] parts = arg.split("=", 2);
    String value = parts.length == 2 ? parts[1] : "";
    if (value.isEmpty()) {
      throw new UsageException("unknown option, or option without =VALUE: " + arg);
    }
    switch (parts[0]) {
      case "--tests" -> List.of(value.split(",")).forEach(t -> tests.add(TestPattern.of(t)));
      case "--jobs" -> jobs = positive(arg, value);
      case "--limit" -> limit = positive(arg, value);
      case "--endpoint" -> endpoint = value;
      case "--environment" -> environment = value;
      case "--environment-config" -> environmentConfig = value;
      case "--option" -> pipelineOptions.add(value);
      case "--runner" -> runner = value;
      case "--heap" -> heap = value;
      case "--jvm" -> jvmArguments.add(value);
      case "--class-path" -> classPath = value;
      case "--root" -> root = Path.of(value);
      case "--lists" -> lists = Path.of(value);
      case "--reports" -> reports = Path.of(value);
      default -> throw new UsageException("unexpected argument: " + arg);
    }
  }

  private SuiteOptions options() {
    if (suite == null) {
      throw new UsageException("which suite? There are " + Suite.labels());
    }
    return new SuiteOptions(
        suite,
        List.copyOf(tests),
        fast,
        jobs,
        Duration.ofSeconds(limit),
        new SuiteOptions.Pipelines(
            endpoint, environment, environmentConfig, List.copyOf(pipelineOptions)),
        new SuiteOptions.Java(runner, heap, List.copyOf(jvmArguments), classPath),
        new SuiteOptions.Places(
            root.toAbsolutePath().normalize(), lists.toAbsolutePath(), reports.toAbsolutePath()));
  }

  private static int positive(String arg, String value) {
    try {
      int number = Integer.parseInt(value);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new UsageException("not a positive number: " + arg);
    }
    throw new UsageException("not a positive number: " + arg);
  }
}
