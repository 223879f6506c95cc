package dev.trestle.validates;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param tests patterns of the tests to run; none means all
 * @param limit the time a test may take
 * @param heap of each worker, as {@code -Xmx} takes it
 * @param pipelineOptions added to the suite's
 * @param classPath added to the workers' class path, or null
 */
record SuiteOptions(
    Suite suite,
    String runner,
    List<TestPattern> tests,
    int jobs,
    Duration limit,
    String heap,
    List<String> pipelineOptions,
    List<String> jvmArguments,
    @Nullable String classPath,
    Path lists,
    Path reports) {

  static final String HELP =
      """
      usage: validates-runner/run.sh SUITE [option...]

      Runs Beam's conformance tests. SUITE is one of:
        java-bounded     the 397 tests of category ValidatesRunner that are in reach
        java-streaming   the same with --streaming
        needs-runner     the 962 tests of category NeedsRunner (904 methods), which contain them

        --tests=PATTERN[,...]  only the tests whose Class#method matches: * stands for anything,
                               the package may be left out, and so may #method
        --jobs=N               test processes side by side (default: one per processor)
        --limit=SECONDS        time limit of each test (default 60)
        --heap=SIZE            heap of each test process (default 2g)
        --runner=NAME          the runner (default TestTrestleRunner)
        --option=--NAME=VALUE  one more pipeline option; may be given again
        --jvm=ARGUMENT         one more argument for the test processes; may be given again
        --class-path=PATHS     more jars for the test processes
        --lists=DIR            the lists of expected failures (default: expected-failures here)
        --reports=DIR          where the details go (default: target/reports here)

      The status is 0 if every test did what the suite's list of expected failures says, 1 if
      not, 2 if the command is wrong. In the closing line every test that was run counts once;
      "failed" holds the listed failures too.
      """;

  /**
   * @throws UsageException if an argument is unknown or has a bad value
   */
  static SuiteOptions parse(String... args) {
    Suite suite = null;
    String runner = "TestTrestleRunner";
    List<TestPattern> tests = new ArrayList<>();
    int jobs = Runtime.getRuntime().availableProcessors();
    int limit = 60;
    String heap = "2g";
    List<String> pipelineOptions = new ArrayList<>();
    List<String> jvmArguments = new ArrayList<>();
    String classPath = null;
    Path lists = Path.of("expected-failures");
    Path reports = Path.of("target", "reports");
    for (String arg : args) {
      String[] parts = arg.split("=", 2);
      String value = parts.length == 2 ? parts[1] : "";
      if (arg.startsWith("--") && value.isEmpty()) {
        throw new UsageException("unknown option, or option without =VALUE: " + arg);
      }
      switch (parts[0]) {
        case "--runner" -> runner = value;
        case "--tests" -> List.of(value.split(",")).forEach(t -> tests.add(TestPattern.of(t)));
        case "--jobs" -> jobs = positive(arg, value);
        case "--limit" -> limit = positive(arg, value);
        case "--heap" -> heap = value;
        case "--option" -> pipelineOptions.add(value);
        case "--jvm" -> jvmArguments.add(value);
        case "--class-path" -> classPath = value;
        case "--lists" -> lists = Path.of(value);
        case "--reports" -> reports = Path.of(value);
        default -> {
          if (arg.startsWith("-") || suite != null) {
            throw new UsageException("unexpected argument: " + arg);
          }
          suite = Suite.named(arg);
        }
      }
    }
    if (suite == null) {
      throw new UsageException("which suite? There are " + Suite.labels());
    }
    return new SuiteOptions(
        suite,
        runner,
        List.copyOf(tests),
        jobs,
        Duration.ofSeconds(limit),
        heap,
        List.copyOf(pipelineOptions),
        List.copyOf(jvmArguments),
        classPath,
        lists,
        reports);
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
