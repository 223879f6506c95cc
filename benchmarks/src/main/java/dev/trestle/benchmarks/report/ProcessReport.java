package dev.trestle.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Prints a session of whole processes: median, fastest and slowest of each engine, and the medians
 * over Trestle's. Argument: the file.
 */
public final class ProcessReport {
  private ProcessReport() {}

  public static void main(String[] args) throws IOException {
    Measurements measurements = Measurements.read(Path.of(args[0]));
    List<String> engines = measurements.distinct("engine");
    TextTable table = new TextTable();
    table.row(List.of("engine", "bytes", "runs", "median s", "min s", "max s", "x trestle"));
    double trestle =
        engines.contains("trestle") ? Measurements.median(seconds(measurements, "trestle")) : 0;
    for (String engine : engines) {
      List<Double> seconds = seconds(measurements, engine);
      table.row(
          List.of(
              engine,
              bytes(measurements, engine),
              Integer.toString(seconds.size()),
              format(Measurements.median(seconds)),
              format(seconds.get(0)),
              format(seconds.get(seconds.size() - 1)),
              trestle > 0 ? format(Measurements.median(seconds) / trestle) : "-"));
    }
    System.out.print(table);
  }

  private static List<Double> seconds(Measurements measurements, String engine) {
    return measurements.where("engine", engine).sorted("seconds");
  }

  private static String bytes(Measurements measurements, String engine) {
    return measurements.rows().stream()
        .filter(row -> Measurements.value(row, "engine").equals(engine))
        .map(row -> Measurements.value(row, "bytes"))
        .findFirst()
        .orElse("-");
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
