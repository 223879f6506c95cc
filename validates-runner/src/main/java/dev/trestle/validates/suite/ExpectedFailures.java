package dev.trestle.validates.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The tests that are known to fail, and why. One line each, {@code class#method | missing feature |
 * why}; empty lines and lines that start with {@code #} are comments.
 */
public record ExpectedFailures(NavigableMap<TestId, Reason> byTest) {

  /** The feature that the test needs and the runner lacks, and one line on why. */
  public record Reason(String feature, String why) {}

  /** Reads a list; no file is an empty list, which is where every suite wants to arrive. */
  public static ExpectedFailures read(Path file) throws IOException {
    try {
      return parse(file.toString(), Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      return new ExpectedFailures(Collections.emptyNavigableMap());
    }
  }

  /**
   * Takes a list apart.
   *
   * @param source what to call the list in an error
   * @throws UsageException if a line is malformed or names a test again
   */
  public static ExpectedFailures parse(String source, List<String> lines) {
    NavigableMap<TestId, Reason> byTest = new TreeMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String place = source + ":" + (i + 1) + ": ";
      String[] fields = line.split("\\s+\\|\\s+", 3);
      if (fields.length < 3) {
        throw new UsageException(place + "expected 'class#method | feature | why': " + line);
      }
      try {
        TestId test = TestId.parse(fields[0]);
        if (byTest.put(test, new Reason(fields[1], fields[2])) != null) {
          throw new UsageException(place + "listed twice: " + test);
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException(place + e.getMessage());
      }
    }
    return new ExpectedFailures(byTest);
  }

  public boolean contains(TestId test) {
    return byTest.containsKey(test);
  }
}
