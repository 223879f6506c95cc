package dev.trestle.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Prints a session of several workloads, each as whole processes: median, fastest and slowest of
 * each engine, and the medians over Trestle's. Argument: the file.
 */
public final class WorkloadReport {
  private WorkloadReport() {}

  public static void main(String[] args) throws IOException {
    Measurements measurements = Measurements.read(Path.of(args[0]));
    TextTable table = new TextTable();
    table.row(List.of("workload", "engine", "runs", "median s", "min s", "max s", "x trestle"));
    for (String workload : measurements.distinct("workload")) {
      Measurements rows = measurements.where("workload", workload);
      List<Double> trestle = rows.where("engine", "trestle").sorted("seconds");
      for (String engine : rows.distinct("engine")) {
        List<Double> seconds = rows.where("engine", engine).sorted("seconds");
        table.row(
            List.of(
                workload,
                engine,
                Integer.toString(seconds.size()),
                format(Measurements.median(seconds)),
                format(seconds.get(0)),
                format(seconds.get(seconds.size() - 1)),
                trestle.isEmpty()
                    ? "-"
                    : format(Measurements.median(seconds) / Measurements.median(trestle))));
      }
    }
    System.out.print(table);
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
