package dev.trestle.validates.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trestle.validates.process.OutputLines;
import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the programs in {@code validates-runner/sdks} print: a JSON object a line, with {@code
 * event} (found, start, end) and {@code test}; at the start {@code allowance} in seconds, if the
 * test may take that much longer than the limit; at the end {@code outcome} (passed, failed,
 * skipped), {@code cause} and {@code details}.
 */
final class JsonEvents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonEvents() {}

  /**
   * The tests that a program says it has.
   *
   * @param errors file for what it says besides
   */
  static NavigableSet<TestId> allFound(ProcessBuilder program, Path errors)
      throws IOException, InterruptedException {
    try (OutputLines lines = OutputLines.of(program, errors)) {
      return lines.all().stream()
          .map(JsonEvents::found)
          .flatMap(Optional::stream)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The test that a line is about, if it says that the program has it. */
  static Optional<TestId> found(String line) {
    return Optional.of(read(line))
        .filter(event -> event.path("event").asText().equals("found"))
        .map(JsonEvents::test);
  }

  static List<TestEvent> events(String line) {
    JsonNode event = read(line);
    return switch (event.path("event").asText()) {
      case "start" ->
          List.of(
              new TestEvent.Started(
                  test(event), Duration.ofSeconds(event.path("allowance").asLong())));
      case "end" ->
          List.of(
              new TestEvent.Ended(
                  test(event),
                  Outcome.valueOf(event.path("outcome").asText().toUpperCase(Locale.ROOT)),
                  event.path("cause").asText(),
                  event.path("details").asText()));
      default -> List.of();
    };
  }

  private static TestId test(JsonNode event) {
    return TestId.parse(event.path("test").asText());
  }

  /** An empty node if the line is not JSON: libraries print what they like. */
  private static JsonNode read(String line) {
    try {
      return line.startsWith("{") ? JSON.readTree(line) : JSON.nullNode();
    } catch (JsonProcessingException notOurs) {
      return JSON.nullNode();
    }
  }
}
