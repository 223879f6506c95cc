package dev.trestle.validates.suite;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run leaves behind: a summary on the console, and a folder with a table of all results and
 * the details of each test that did not pass.
 */
public record Report(String suite, Path folder) {
  private static final int SLOWEST = 5;

  /** Makes the folder, without what an earlier run has left. */
  public static Report begin(String suite, Path reports) throws IOException {
    Path folder = reports.resolve(suite);
    Files.createDirectories(folder);
    try (Stream<Path> old = Files.walk(folder)) {
      for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.createDirectory(folder);
    return new Report(suite, folder.toAbsolutePath());
  }

  /** Writes {@code results.tsv}, the slowest test first. */
  public void writeTable(List<TestResult> results) throws IOException {
    Stream<String> rows =
        results.stream()
            .sorted(Comparator.comparingLong(TestResult::millis).reversed())
            .map(
                r ->
                    String.join(
                        "\t",
                        r.test().toString(),
                        r.outcome().name(),
                        Long.toString(r.millis()),
                        r.cause()));
    Files.write(
        folder.resolve("results.tsv"),
        Stream.concat(Stream.of("test\toutcome\tmillis\tcause"), rows).toList());
  }

  public void print(
      Verdict verdict, List<TestResult> results, ExpectedFailures list, PrintStream out) {
    print(out, "Slowest:", slowest(results));
    print(
        out,
        "Expected failures:",
        verdict.expectedFailures().stream()
            .map(r -> describe(r) + "\n      listed: " + feature(list, r.test())));
    print(out, "Unexpected failures:", verdict.unexpectedFailures().stream().map(Report::describe));
    print(
        out,
        "Unexpected passes (no longer failures: remove them from the list):",
        verdict.unexpectedPasses().stream().map(Report::describe));
    print(
        out,
        "In the list, but no test of this suite:",
        verdict.strangers().stream().map(TestId::toString));
    out.printf(
        "%s: expected failures: %d, unexpected failures: %d, unexpected passes: %d%n",
        suite,
        verdict.expectedFailures().size(),
        verdict.unexpectedFailures().size(),
        verdict.unexpectedPasses().size());
    out.printf("%s: details in %s%n", suite, folder);
  }

  /** The line that other programs read; the last one. */
  public void printClosingLine(Verdict verdict, PrintStream out) {
    out.printf(
        "%s: %d passed, %d failed, %d skipped%n",
        suite, verdict.passed(), verdict.failed(), verdict.skipped());
  }

  private static Stream<String> slowest(List<TestResult> results) {
    return results.stream()
        .sorted(Comparator.comparingLong(TestResult::millis).reversed())
        .limit(SLOWEST)
        .map(r -> String.format("%6.1f s  %s", r.millis() / 1000.0, r.test().shortName()));
  }

  private static String describe(TestResult result) {
    return result.cause().isEmpty()
        ? result.test().toString()
        : result.test() + "\n      " + result.cause();
  }

  private static String feature(ExpectedFailures list, TestId test) {
    ExpectedFailures.Reason reason = list.byTest().get(test);
    return reason == null ? "" : reason.feature() + ": " + reason.why();
  }

  private static void print(PrintStream out, String title, Stream<String> lines) {
    List<String> all = lines.toList();
    if (!all.isEmpty()) {
      out.println(title);
      all.forEach(line -> out.println("  " + line));
    }
  }
}
