package dev.trestle.validates.sdk;

import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.suite.TestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.stream.IntStream;

/**
 * pytest with the plugin {@code conformance.py}.
 *
 * @param python of the virtual environment
 * @param sources our own part of it
 * @param selection modules, and pytest's options that choose among their tests
 * @param variables environment variables of the tests
 * @param reports folder for logs
 */
public record PythonProgram(
    Path python,
    Path sources,
    List<String> selection,
    List<String> pipelineOptions,
    Map<String, String> variables,
    Duration limit,
    Path reports)
    implements TestProgram {

  @Override
  public NavigableSet<TestId> tests() throws IOException, InterruptedException {
    return JsonEvents.allFound(pytest(List.of("--collect-only")), reports.resolve("collect.log"));
  }

  /** Dealt out one by one, since neighbours take about the same time. */
  @Override
  public List<List<TestId>> batches(List<TestId> tests, int jobs) {
    return IntStream.range(0, Math.min(jobs, tests.size()))
        .mapToObj(
            job ->
                IntStream.range(0, tests.size())
                    .filter(i -> i % jobs == job)
                    .mapToObj(tests::get)
                    .toList())
        .toList();
  }

  @Override
  public ProcessBuilder command(List<TestId> batch) throws IOException {
    Path chosen = Files.createTempFile(reports, "chosen-", ".txt");
    Files.write(chosen, batch.stream().map(TestId::toString).toList());
    return pytest(List.of("--chosen=" + chosen));
  }

  private ProcessBuilder pytest(List<String> arguments) {
    List<String> command = new ArrayList<>();
    Collections.addAll(command, python.toString(), "-m", "pytest", "-q", "-s");
    Collections.addAll(command, "-c", sources.resolve("pytest.ini").toString());
    Collections.addAll(command, "-p", "conformance", "-p", "no:cacheprovider");
    command.add("--rootdir=" + sources);
    command.add("--timeout=" + limit.toSeconds());
    command.add("--test-pipeline-options=" + String.join(" ", quoted()));
    command.addAll(arguments);
    command.add("--pyargs");
    command.addAll(selection);
    ProcessBuilder builder = new ProcessBuilder(command).directory(reports.toFile());
    builder.environment().put("PYTHONPATH", sources.toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder.environment().putAll(variables);
    return builder;
  }

  /** As a shell would have them, since pytest's plugins take them apart that way. */
  private List<String> quoted() {
    return pipelineOptions.stream().map(o -> "'" + o.replace("'", "'\\''") + "'").toList();
  }

  @Override
  public List<TestEvent> events(String line) {
    return JsonEvents.events(line);
  }

  @Override
  public String cause(String printed) {
    return "no reason given";
  }
}
