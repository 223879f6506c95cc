package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.suite.ExpectedFailures;
import dev.trestle.validates.suite.Progress;
import dev.trestle.validates.suite.Report;
import dev.trestle.validates.suite.SuiteTests;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestPattern;
import dev.trestle.validates.suite.TestResult;
import dev.trestle.validates.suite.UsageException;
import dev.trestle.validates.suite.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.logging.LogManager;

/** Runs a suite and says whether it went as its list of expected failures has it. */
public final class SuiteRunner {
  private final SuiteOptions options;
  private final Suite suite;
  private final PrintStream out;

  private SuiteRunner(SuiteOptions options, PrintStream out) {
    this.options = options;
    this.suite = options.suite();
    this.out = out;
  }

  /** See {@link SuiteArguments#HELP}. */
  public static void main(String[] args) throws InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.print(SuiteArguments.HELP);
      return;
    }
    // Beam logs while test classes are looked through; what workers log is in the reports.
    LogManager.getLogManager().reset();
    try {
      boolean asListed = new SuiteRunner(SuiteArguments.parse(args), System.out).run();
      System.exit(asListed ? 0 : 1);
    } catch (UsageException wrong) {
      System.err.println("run.sh: " + wrong.getMessage());
      System.exit(2);
    } catch (IOException notPossible) {
      System.err.println("run.sh: " + notPossible.getMessage());
      System.exit(1);
    }
  }

  private boolean run() throws IOException, InterruptedException {
    ExpectedFailures list = ExpectedFailures.read(list());
    List<TestPattern> patterns = patterns();
    Report report = Report.begin(suite.label(), options.places().reports());
    try (Services services = new Services(report.folder())) {
      SuiteTests tests = suite.source().open(options, report.folder(), services);
      List<TestId> chosen = choose(tests, patterns, list);
      Progress progress = new Progress(suite.label(), chosen.size(), out);
      tests.run(chosen, progress::add);

      List<TestResult> results = progress.results();
      Verdict verdict = Verdict.of(results, list, tests.all());
      report.writeTable(results);
      report.print(verdict, results, list, out);
      List<String> casualties = services.casualties();
      casualties.forEach(out::println);
      out.printf("%s: %d run in %d s%n", suite.label(), results.size(), progress.seconds());
      report.printClosingLine(verdict, out);
      return isComplete(tests)
          && results.size() == chosen.size()
          && verdict.agrees()
          && casualties.isEmpty();
    }
  }

  /** The suite's, unless there is one of its own for where the SDK's code runs. */
  private Path list() {
    Path lists = options.places().lists();
    String environment = options.pipelines().environment();
    if (environment != null) {
      Path own = lists.resolve(suite.label() + "-" + environment.toLowerCase(Locale.ROOT) + ".txt");
      if (Files.exists(own)) {
        return own;
      }
    }
    return lists.resolve(suite.label() + ".txt");
  }

  private List<TestId> choose(SuiteTests tests, List<TestPattern> patterns, ExpectedFailures list) {
    out.printf(
        "%s: %d tests%s%n",
        suite.label(),
        tests.all().size(),
        isComplete(tests) ? "" : ", but there should be " + suite.size());
    tests.remarks().forEach(remark -> out.println("  " + remark));

    // Listed tests first: some of them hang, and should not be what the run ends with.
    List<TestId> chosen =
        tests.all().stream()
            .filter(test -> patterns.isEmpty() || patterns.stream().anyMatch(p -> p.matches(test)))
            .sorted(Comparator.comparing(test -> !list.contains(test)))
            .toList();
    for (TestPattern pattern : patterns) {
      if (chosen.stream().noneMatch(pattern::matches)) {
        throw new UsageException("no test matches " + pattern.glob());
      }
    }
    return chosen;
  }

  private boolean isComplete(SuiteTests tests) {
    return tests.all().size() == suite.size();
  }

  /** Those of the command line, or of the suite's core. */
  private List<TestPattern> patterns() throws IOException {
    if (!options.fast()) {
      return options.tests();
    }
    if (!options.tests().isEmpty()) {
      throw new UsageException("--fast and --tests exclude each other");
    }
    try {
      return Files.readAllLines(options.places().cores().resolve(suite.label() + ".txt")).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(TestPattern::of)
          .toList();
    } catch (NoSuchFileException e) {
      throw new UsageException("the suite " + suite.label() + " has no core for --fast");
    }
  }
}
