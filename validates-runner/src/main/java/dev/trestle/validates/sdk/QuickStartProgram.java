package dev.trestle.validates.sdk;

import dev.trestle.validates.program.TestEvent;
import dev.trestle.validates.program.TestProgram;
import dev.trestle.validates.suite.TestId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;

/**
 * {@code quick_starts.py}, which runs sections of the documentation.
 *
 * @param root the working tree
 * @param script its place
 * @param kafka the class path of a broker
 * @param reports folder for logs
 */
public record QuickStartProgram(Path root, Path script, String kafka, Path reports)
    implements TestProgram {

  @Override
  public NavigableSet<TestId> tests() throws IOException, InterruptedException {
    return JsonEvents.allFound(python(List.of()), reports.resolve("collect.log"));
  }

  /** They share a server, and its port. */
  @Override
  public List<List<TestId>> batches(List<TestId> tests, int jobs) {
    return List.of(tests);
  }

  @Override
  public ProcessBuilder command(List<TestId> batch) throws IOException {
    Path chosen = Files.createTempFile(reports, "chosen-", ".txt");
    Files.write(chosen, batch.stream().map(TestId::toString).toList());
    Path scratch = Files.createTempDirectory(reports, "run-");
    return python(List.of("--chosen=" + chosen, "--kafka=" + kafka, "--scratch=" + scratch));
  }

  private ProcessBuilder python(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("python3", script.toString(), root.toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command).directory(reports.toFile());
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
