package dev.trestle.validates.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trestle.validates.process.OutputLines;
import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.sdk.GoSdk.TestPackage;
import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Test binaries of Go packages, whose output {@code test2json} makes readable. A test is a
 * function; what it runs below itself counts with it.
 *
 * @param reports folder for logs
 */
public record GoProgram(GoSdk sdk, Flags flags, Path reports) implements TestProgram {

  /**
   * The flags of test binaries that say which runner to use.
   *
   * @param usual of most packages
   * @param own of others, by import path
   */
  public record Flags(List<String> usual, Map<String, List<String>> own) {

    List<String> of(String importPath) {
      return own.getOrDefault(importPath, usual);
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern COMPLAINT = Pattern.compile("\\s*\\w+\\.go:\\d+: \\S.*");

  @Override
  public NavigableSet<TestId> tests() throws IOException, InterruptedException {
    NavigableSet<TestId> tests = new TreeSet<>();
    for (Map.Entry<String, TestPackage> entry : sdk.packages().entrySet()) {
      TestPackage tested = entry.getValue();
      try (OutputLines lines =
          OutputLines.of(
              binary(entry.getKey(), tested, "-test.list=^Test"), reports.resolve("list.log"))) {
        lines.all().stream()
            .filter(line -> line.startsWith("Test"))
            .filter(name -> tested.wanted().matcher(name).matches())
            .map(name -> new TestId(entry.getKey(), name))
            .forEach(tests::add);
      }
    }
    return tests;
  }

  /** One for each package: it is a program of its own. */
  @Override
  public List<List<TestId>> batches(List<TestId> tests, int jobs) {
    return List.copyOf(
        tests.stream()
            .collect(
                Collectors.groupingBy(
                    TestId::className, LinkedHashMap::new, Collectors.toUnmodifiableList()))
            .values());
  }

  @Override
  public ProcessBuilder command(List<TestId> batch) {
    String importPath = batch.get(0).className();
    TestPackage tested = sdk.packages().get(importPath);
    if (tested == null) {
      throw new IllegalArgumentException("not a package of the suite: " + importPath);
    }
    String names = batch.stream().map(TestId::method).collect(Collectors.joining("|"));
    ProcessBuilder builder =
        binary(
            importPath,
            tested,
            "-test.v=test2json",
            "-test.timeout=0",
            "-test.run=^(" + names + ")$");
    builder.command().addAll(0, List.of(sdk.test2json().toString(), "-p", importPath));
    return builder;
  }

  private ProcessBuilder binary(String importPath, TestPackage tested, String... arguments) {
    String binary = tested.binary().toString();
    List<String> command = new ArrayList<>();
    command.add(binary);
    command.addAll(List.of(arguments));
    flags.of(importPath).forEach(flag -> command.add(flag.replace(GoSdk.OWN_BINARY, binary)));
    return new ProcessBuilder(command).directory(tested.directory().toFile());
  }

  @Override
  public List<TestEvent> events(String line) {
    JsonNode event;
    try {
      event = JSON.readTree(line);
    } catch (JsonProcessingException notAnEvent) {
      return List.of();
    }
    String name = event.path("Test").asText();
    if (name.isEmpty()) {
      return List.of();
    }
    int slash = name.indexOf('/');
    TestId test =
        new TestId(event.path("Package").asText(), slash < 0 ? name : name.substring(0, slash));
    String action = event.path("Action").asText();
    if (action.equals("output")) {
      return List.of(new TestEvent.Printed(test, event.path("Output").asText()));
    }
    if (slash >= 0) {
      return List.of();
    }
    return switch (action) {
      case "run", "cont" -> List.of(new TestEvent.Started(test));
      case "pause" -> List.of(new TestEvent.Paused(test));
      case "pass" -> List.of(new TestEvent.Ended(test, Outcome.PASSED, "", ""));
      case "fail" -> List.of(new TestEvent.Ended(test, Outcome.FAILED, "", ""));
      case "skip" -> List.of(new TestEvent.Ended(test, Outcome.SKIPPED, "", ""));
      default -> List.of();
    };
  }

  @Override
  public String cause(String printed) {
    return printed
        .lines()
        .filter(line -> COMPLAINT.matcher(line).matches() || line.startsWith("panic: "))
        .map(String::strip)
        .findFirst()
        .orElse("no reason given");
  }
}
