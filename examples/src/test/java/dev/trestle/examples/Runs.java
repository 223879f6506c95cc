package dev.trestle.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Options for a run on Trestle, and what the run wrote. */
final class Runs {
  /** Another runner can be named, to compare. */
  private static final String RUNNER = System.getProperty("trestle.test.runner", "TrestleRunner");

  private Runs() {}

  static <T extends PipelineOptions> T options(Class<T> type, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--runner=" + RUNNER);
    return PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).withValidation().as(type);
  }

  /** The lines of all files whose names start so. */
  static List<String> lines(Path prefix) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(prefix)) {
      lines.addAll(Files.readAllLines(file));
    }
    return lines;
  }

  static List<Path> files(Path prefix) throws IOException {
    try (Stream<Path> files = Files.list(prefix.getParent())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix.getFileName().toString()))
          .sorted()
          .toList();
    }
  }
}
