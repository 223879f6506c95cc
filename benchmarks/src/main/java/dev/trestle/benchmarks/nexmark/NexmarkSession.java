package dev.trestle.benchmarks.nexmark;

import dev.trestle.benchmarks.Arguments;
import dev.trestle.benchmarks.nexmark.Engine.Run;
import dev.trestle.benchmarks.nexmark.events.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Runs queries on one engine in this JVM: of each query a warm-up, then some runs of which the
 * median counts.
 *
 * <p>Arguments: {@code --engine=NAME --out=FILE --source=bounded|streaming|replay}, {@code
 * --queries=0,1,...}, {@code --events=N}, {@code --warmup=N} (events), {@code --runs=N}, {@code
 * --budget=SECONDS} (no further run of a query that has taken so long), and after {@code --} the
 * pipeline options. The engines {@code loop} and {@code reader} take none. Appends a line per query
 * to the file: {@code query engine events seconds events_per_second results}, tab-separated. Exits
 * with 1 when a query failed; the others are run all the same.
 */
public final class NexmarkSession {
  private final String name;
  private final Engine engine;
  private final Workload workload;
  private final long warmup;
  private final int runs;
  private final double budget;
  private final Path out;

  private NexmarkSession(Arguments arguments) {
    name = arguments.required("engine");
    engine =
        switch (name) {
          case "loop" -> new LoopEngine();
          case "reader" -> new ReaderEngine();
          default -> new BeamEngine(arguments.pipeline());
        };
    workload =
        new Workload(
            arguments.number("events", 1_000_000),
            Workload.Source.valueOf(
                arguments.optional("source", "bounded").toUpperCase(Locale.ROOT)));
    warmup = arguments.number("warmup", workload.events());
    runs = Math.toIntExact(arguments.number("runs", 3));
    budget = arguments.number("budget", 60);
    out = Path.of(arguments.required("out"));
  }

  public static void main(String[] args) {
    Arguments arguments = new Arguments(args);
    NexmarkSession session = new NexmarkSession(arguments);
    List<Query> queries = Query.parse(arguments.required("queries"));
    arguments.refuseOthers();
    boolean failed = false;
    for (Query query : queries) {
      failed |= !session.measured(query);
    }
    System.exit(failed ? 1 : 0); // a runner may have left threads behind
  }

  private boolean measured(Query query) {
    try {
      measure(query);
      return true;
    } catch (RuntimeException | LinkageError trouble) {
      System.err.printf("query %s on %s failed:%n", query.number(), name);
      trouble.printStackTrace();
      return false;
    }
  }

  private void measure(Query query) {
    engine.run(query, workload.withEvents(Math.min(warmup, workload.events())));
    List<Run> measured = new ArrayList<>();
    double spent = 0;
    while (measured.size() < runs && spent < budget) {
      System.gc();
      Run run = engine.run(query, workload);
      measured.add(run);
      spent += run.seconds();
    }
    measured.sort(Comparator.comparingDouble(Run::seconds));
    double seconds = measured.get((measured.size() - 1) / 2).seconds();
    // More than one value here means that the runs disagree, and shows as a difference.
    String results =
        measured.stream().map(Run::results).distinct().collect(Collectors.joining("|"));
    String line =
        String.join(
            "\t",
            query.number(),
            name,
            Long.toString(workload.events()),
            String.format(Locale.ROOT, "%.4f", seconds),
            String.format(Locale.ROOT, "%.0f", workload.events() / seconds),
            results);
    append(line);
    System.err.println(line);
  }

  private void append(String line) {
    try {
      Files.writeString(out, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException trouble) {
      throw new UncheckedIOException("cannot write " + out, trouble);
    }
  }
}
