package dev.trestle.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A table of tab-separated values with a header line. */
record Measurements(List<Map<String, String>> rows) {

  static Measurements read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<Map<String, String>> rows = new ArrayList<>();
    String[] columns = lines.get(0).split("\t", -1);
    for (String line : lines.subList(1, lines.size())) {
      String[] values = line.split("\t", -1);
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < columns.length; i++) {
        row.put(columns[i], values[i]);
      }
      rows.add(row);
    }
    return new Measurements(rows);
  }

  /** The values of a column, each once, in the order of their first row. */
  List<String> distinct(String column) {
    return rows.stream().map(row -> value(row, column)).distinct().toList();
  }

  /** The rows that have a value in a column. */
  Measurements where(String column, String wanted) {
    return new Measurements(
        rows.stream().filter(row -> value(row, column).equals(wanted)).toList());
  }

  /** The numbers of a column, the smallest first. */
  List<Double> sorted(String column) {
    return rows.stream().map(row -> Double.valueOf(value(row, column))).sorted().toList();
  }

  /**
   * @param sorted not empty
   */
  static double median(List<Double> sorted) {
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  static String value(Map<String, String> row, String column) {
    String value = row.get(column);
    if (value == null) {
      throw new IllegalArgumentException("no column " + column);
    }
    return value;
  }
}
