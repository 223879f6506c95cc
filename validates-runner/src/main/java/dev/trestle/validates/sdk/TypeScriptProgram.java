package dev.trestle.validates.sdk;

import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.suite.TestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;

/**
 * {@code suite.js}, which runs Mocha.
 *
 * @param sdk where the SDK is installed
 * @param script the program
 * @param endpoint of the job server
 * @param reports folder for logs
 */
public record TypeScriptProgram(
    Path sdk, Path script, String endpoint, Duration limit, Path reports) implements TestProgram {

  @Override
  public NavigableSet<TestId> tests() throws IOException, InterruptedException {
    return JsonEvents.allFound(node(), reports.resolve("collect.log"));
  }

  /** They are few and take little time. */
  @Override
  public List<List<TestId>> batches(List<TestId> tests, int jobs) {
    return List.of(tests);
  }

  @Override
  public ProcessBuilder command(List<TestId> batch) throws IOException {
    Path chosen = Files.createTempFile(reports, "chosen-", ".txt");
    Files.write(chosen, batch.stream().map(TestId::toString).toList());
    ProcessBuilder builder = node();
    builder.command().add(chosen.toString());
    return builder;
  }

  private ProcessBuilder node() {
    return new ProcessBuilder("node", script.toString(), endpoint, Long.toString(limit.toMillis()))
        .directory(sdk.toFile());
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
