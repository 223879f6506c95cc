package dev.trestle.validates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.UsesExternalService;
import org.apache.beam.sdk.testing.UsesSdkHarnessEnvironment;

/** Runs a suite and says whether it went as its list of expected failures has it. */
public final class SuiteRunner {
  /** What cannot be run in one process, and without services of others. */
  private static final Set<Class<?>> OUT_OF_REACH =
      Set.of(UsesSdkHarnessEnvironment.class, UsesExternalService.class);

  private final SuiteOptions options;
  private final PrintStream out;

  private SuiteRunner(SuiteOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** See {@link SuiteOptions#HELP}. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(SuiteOptions.HELP);
      return;
    }
    // Beam logs while test classes are looked through; what workers log is in the reports.
    LogManager.getLogManager().reset();
    try {
      boolean asListed = new SuiteRunner(SuiteOptions.parse(args), System.out).run();
      System.exit(asListed ? 0 : 1);
    } catch (UsageException wrong) {
      System.err.println("run.sh: " + wrong.getMessage());
      System.exit(2);
    }
  }

  private boolean run() throws IOException, InterruptedException {
    Suite suite = options.suite();
    ExpectedFailures list = ExpectedFailures.read(options.lists().resolve(suite.label() + ".txt"));
    TestCatalog catalog =
        TestCatalog.of(TestCatalog.beamTestJars(), suite.category(), OUT_OF_REACH);
    boolean complete = catalog.tests().size() == suite.size();
    out.printf(
        "%s: %d tests in Beam's test jars%s%n",
        suite.label(),
        catalog.tests().size(),
        complete ? "" : ", but there should be " + suite.size());
    catalog.unloadable().forEach((name, why) -> out.printf("  not loaded: %s: %s%n", name, why));

    // Listed tests first: some of them hang, and should not be what the run ends with.
    List<TestId> chosen =
        catalog.tests().stream()
            .filter(this::isChosen)
            .sorted(Comparator.comparing(test -> !list.contains(test)))
            .toList();
    if (chosen.isEmpty()) {
      throw new UsageException("no test matches --tests");
    }
    Report report = Report.begin(suite.label(), options.reports());
    Progress progress = new Progress(suite.label(), chosen.size(), out);
    new WorkerPool(
            Math.min(options.jobs(), chosen.size()),
            jvmArguments(),
            report.folder(),
            options.limit())
        .run(chosen, progress::add);

    List<TestResult> results = progress.results();
    Verdict verdict = Verdict.of(results, list, catalog.tests());
    report.writeTable(results);
    report.print(verdict, results, list, out);
    out.printf("%s: %d run in %d s%n", suite.label(), results.size(), progress.seconds());
    report.printClosingLine(verdict, out);
    return complete && results.size() == chosen.size() && verdict.agrees();
  }

  private boolean isChosen(TestId test) {
    return options.tests().isEmpty()
        || options.tests().stream().anyMatch(pattern -> pattern.matches(test));
  }

  private List<String> jvmArguments() throws JsonProcessingException {
    List<String> pipelineOptions = new ArrayList<>();
    pipelineOptions.add("--runner=" + options.runner());
    pipelineOptions.addAll(options.suite().pipelineOptions());
    pipelineOptions.addAll(options.pipelineOptions());

    String classPath = System.getProperty("java.class.path");
    if (options.classPath() != null) {
      classPath += File.pathSeparator + options.classPath();
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("-ea");
    // Most of the time goes into warming up: cheap compilation and collection halve it.
    arguments.add("-XX:TieredStopAtLevel=1");
    arguments.add("-XX:+UseSerialGC");
    arguments.add("-Xmx" + options.heap());
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.addAll(options.jvmArguments());
    arguments.add("-cp");
    arguments.add(classPath);
    arguments.add(
        "-D"
            + TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS
            + "="
            + new ObjectMapper().writeValueAsString(pipelineOptions));
    return arguments;
  }
}
