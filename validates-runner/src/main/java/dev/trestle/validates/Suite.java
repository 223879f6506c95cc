package dev.trestle.validates;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.ValidatesRunner;

/**
 * The suites over Beam's test jars.
 *
 * <p>{@link NeedsRunner} is on 922 methods of Beam 2.73.0: 4 are ignored by their authors, 14 are
 * out of reach, and the other 904 come to 962 tests, because some have parameters.
 */
enum Suite {
  JAVA_BOUNDED("java-bounded", ValidatesRunner.class, 397, false),
  JAVA_STREAMING("java-streaming", ValidatesRunner.class, 397, true),
  NEEDS_RUNNER("needs-runner", NeedsRunner.class, 962, false);

  private final String label;
  private final Class<?> category;
  private final int size;
  private final boolean streaming;

  Suite(String label, Class<?> category, int size, boolean streaming) {
    this.label = label;
    this.category = category;
    this.size = size;
    this.streaming = streaming;
  }

  /**
   * @throws UsageException if there is no such suite
   */
  static Suite named(String label) {
    return Arrays.stream(values())
        .filter(suite -> suite.label.equals(label))
        .findAny()
        .orElseThrow(() -> new UsageException("no suite '" + label + "'; there are " + labels()));
  }

  static String labels() {
    return Arrays.stream(values()).map(Suite::label).collect(Collectors.joining(", "));
  }

  String label() {
    return label;
  }

  /** A test belongs to the suite if it has this category or a narrower one. */
  Class<?> category() {
    return category;
  }

  /**
   * How many tests there are in Beam {@value TestCatalog#BEAM_VERSION}. A run that finds another
   * number has lost some and fails.
   */
  int size() {
    return size;
  }

  /** What the suite adds to the options of every pipeline. */
  List<String> pipelineOptions() {
    return streaming ? List.of("--streaming=true") : List.of();
  }
}
