package dev.trestle.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Prints a Nexmark session: rates, Trestle's rate over FlinkRunner's, its rate per core over that
 * of the loop, what an event costs beyond the loop, what checkpoints leave of the rates, and
 * whether results agree. Argument: the file.
 */
public final class NexmarkReport {

  /** In the table for an engine that only reads. */
  private static final String NO_RESULTS = "-";

  /** Trestle's workers, against the one thread of the loop. */
  private static final int WORKERS = 2;

  private static final List<Ratio> RATIOS =
      List.of(
          new Ratio("x flink", "trestle", "flink"),
          new Ratio("kept if durable", "trestle-durable", "trestle"),
          new Ratio("x flink if durable", "trestle-durable", "flink-durable"));

  private final Map<String, Map<String, Row>> queries = new HashMap<>();

  private NexmarkReport(Measurements measurements) {
    for (Map<String, String> row : measurements.rows()) {
      queries
          .computeIfAbsent(Measurements.value(row, "query"), missing -> new HashMap<>())
          .put(
              Measurements.value(row, "engine"),
              new Row(
                  Long.parseLong(Measurements.value(row, "events")),
                  Double.parseDouble(Measurements.value(row, "events_per_second")),
                  Measurements.value(row, "results")));
    }
  }

  public static void main(String[] args) throws IOException {
    Measurements measurements = Measurements.read(Path.of(args[0]));
    new NexmarkReport(measurements)
        .print(measurements.distinct("query"), measurements.distinct("engine"));
  }

  private void print(List<String> numbers, List<String> engines) {
    List<Ratio> ratios = RATIOS.stream().filter(ratio -> ratio.isOf(engines)).toList();
    TextTable table = new TextTable();
    List<String> header = new ArrayList<>(List.of("query"));
    engines.forEach(engine -> header.add(engine + "/s"));
    ratios.forEach(ratio -> header.add(ratio.name));
    header.addAll(List.of("of loop/core", "ns over loop", "results"));
    table.row(header);
    for (String number : numbers) {
      Map<String, Row> by = queries.getOrDefault(number, Map.of());
      List<String> cells = new ArrayList<>(List.of(number));
      engines.forEach(engine -> cells.add(rate(by.get(engine))));
      ratios.forEach(ratio -> cells.add(ratio.cell(by)));
      Row trestle = by.get("trestle");
      Row loop = by.get("loop");
      if (trestle != null && loop != null) {
        cells.add(format("%.0f%%", 100 * trestle.rate / WORKERS / loop.rate));
        cells.add(format("%.0f", 1e9 * WORKERS / trestle.rate - 1e9 / loop.rate));
      } else {
        cells.addAll(List.of("-", "-"));
      }
      cells.add(agreement(by));
      table.row(cells);
    }
    System.out.println(table);
    ratios.forEach(ratio -> System.out.println(ratio.summary(numbers, queries)));
  }

  /** Compares the results of engines that saw the same events. */
  private static String agreement(Map<String, Row> by) {
    Map<Long, Map<String, List<String>>> enginesByResult = new HashMap<>();
    by.forEach(
        (engine, row) -> {
          if (!row.results.equals(NO_RESULTS)) {
            enginesByResult
                .computeIfAbsent(row.events, missing -> new HashMap<>())
                .computeIfAbsent(row.results, missing -> new ArrayList<>())
                .add(engine);
          }
        });
    List<String> differences = new ArrayList<>();
    boolean compared = false;
    for (Map<String, List<String>> engines : enginesByResult.values()) {
      if (engines.size() > 1) {
        differences.add(
            String.join(
                " against ",
                engines.values().stream().map(same -> String.join("=", same)).sorted().toList()));
      }
      compared |= engines.values().stream().anyMatch(same -> same.size() > 1);
    }
    if (!differences.isEmpty()) {
      return "DIFFER: " + String.join("; ", differences);
    }
    return compared ? "equal" : "-";
  }

  private static String rate(@Nullable Row row) {
    return row == null ? "-" : format("%,.0f", row.rate);
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private record Row(long events, double rate, String results) {}

  /** How the rates of two engines compare. */
  private record Ratio(String name, String engine, String base) {

    boolean isOf(List<String> engines) {
      return engines.contains(engine) && engines.contains(base);
    }

    private @Nullable Double value(Map<String, Row> byEngine) {
      Row of = byEngine.get(engine);
      Row over = byEngine.get(base);
      return of == null || over == null ? null : of.rate / over.rate;
    }

    String cell(Map<String, Row> byEngine) {
      Double value = value(byEngine);
      return value == null ? "-" : format("%.2f", value);
    }

    String summary(List<String> numbers, Map<String, Map<String, Row>> queries) {
      double[] values =
          numbers.stream()
              .map(number -> value(queries.getOrDefault(number, Map.of())))
              .filter(Objects::nonNull)
              .mapToDouble(Double::doubleValue)
              .toArray();
      double mean = Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
      double worst = Arrays.stream(values).min().orElse(Double.NaN);
      return name + format(": geometric mean %.2f", mean) + format(", worst %.2f", worst);
    }
  }
}
