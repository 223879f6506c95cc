package dev.trestle.benchmarks.python;

import dev.trestle.benchmarks.Arguments;
import dev.trestle.validates.process.Services;
import dev.trestle.validates.sdk.PythonSdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs Python pipelines as whole processes, from the start of the interpreter to the result, and
 * appends a row {@code workload engine seconds} for each to a table. An engine that is a server
 * runs before the first process of a workload starts and until the last has ended; its first
 * process finds it cold.
 *
 * <p>Arguments: {@code --root=DIR --engines=A,B --runs=N --text=FILE --scratch=DIR --out=FILE
 * --flink-class-path=PATHS}. Fails if a process fails, or if results differ.
 */
public final class PythonBenchmark {
  private static final List<String> WORKLOADS = List.of("wordcount", "shuffle");
  private static final long LIMIT_MINUTES = 20;

  private final PythonEngine.Setting setting;
  private final Path python;
  private final Path program;
  private final Path text;
  private final Path table;
  private final Map<String, String> results = new TreeMap<>();
  private boolean failed;

  private PythonBenchmark(PythonEngine.Setting setting, Path python, Path text, Path table) {
    this.setting = setting;
    this.python = python;
    this.program = setting.root().resolve("benchmarks/python/workloads.py");
    this.text = text;
    this.table = table;
  }

  /** See above. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments = new Arguments(args);
    Path root = Path.of(arguments.required("root"));
    List<PythonEngine> engines =
        Arrays.stream(arguments.required("engines").split(","))
            .map(name -> PythonEngine.valueOf(name.toUpperCase(Locale.ROOT)))
            .toList();
    PythonEngine.Setting setting =
        new PythonEngine.Setting(
            root,
            root.resolve("benchmarks/python/prism.txt"),
            arguments.optional("flink-class-path", ""),
            Path.of(arguments.required("scratch")));
    long runs = arguments.number("runs", 3);
    Path text = Path.of(arguments.required("text"));
    Path table = Path.of(arguments.required("out"));
    arguments.refuseOthers();
    Path python = PythonSdk.interpreter(root.resolve("validates-runner/sdks/python"));
    PythonBenchmark benchmark = new PythonBenchmark(setting, python, text, table);
    for (String workload : WORKLOADS) {
      for (PythonEngine engine : engines) {
        benchmark.measure(workload, engine, runs);
      }
    }
    System.exit(benchmark.failed ? 1 : 0);
  }

  private void measure(String workload, PythonEngine engine, long runs)
      throws IOException, InterruptedException {
    try (Services services = new Services(setting.scratch())) {
      List<String> options = engine.start(setting, services);
      for (long run = 1; run <= runs; run++) {
        Path output = Files.createTempDirectory(setting.scratch(), workload);
        long start = System.nanoTime();
        boolean done = runs(command(workload, output, options), engine);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (done) {
          String row = String.format("%s\t%s\t%.3f%n", workload, engine.label(), seconds);
          System.err.print(row);
          Files.writeString(table, row, StandardOpenOption.APPEND);
          compare(workload, engine, output);
        } else {
          failed = true;
        }
      }
    }
  }

  private List<String> command(String workload, Path output, List<String> options) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(python.toString(), program.toString(), workload));
    command.add("--output=" + output.resolve("part"));
    if (workload.equals("wordcount")) {
      command.add("--input=" + text);
    }
    command.addAll(options);
    return command;
  }

  private boolean runs(List<String> command, PythonEngine engine)
      throws IOException, InterruptedException {
    Path log = setting.scratch().resolve(engine.label() + "-client.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0) {
        return true;
      }
      System.err.printf("%s has failed, or taken too long: see %s%n", engine.label(), log);
      return false;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Holds the lines of the output, in any order, against those of the workload's first process. */
  private void compare(String workload, PythonEngine engine, Path output) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(output)) {
      for (Path file : files.toList()) {
        lines.addAll(Files.readAllLines(file));
        Files.delete(file);
      }
    }
    lines.sort(Comparator.naturalOrder());
    String result = lines.size() + " lines, hash " + lines.hashCode();
    String first = results.putIfAbsent(workload, result);
    if (lines.isEmpty() || (first != null && !first.equals(result))) {
      System.err.printf(
          "%s: results differ: %s has %s, the first has %s%n",
          workload, engine.label(), result, first);
      failed = true;
    }
  }
}
