package dev.trestle.validates.program;

import dev.trestle.validates.process.Crew;
import dev.trestle.validates.suite.SuiteTests;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * The tests of a program, run by several processes. A process that hangs or dies costs the test
 * that it was running; another one takes over the rest.
 *
 * @param all the tests that the program has
 * @param jobs how many processes there are side by side, at most
 * @param limit the time a test may take
 * @param reports folder for the details of tests that did not pass, and for the processes' logs
 */
public record ProgramTests(
    TestProgram program, NavigableSet<TestId> all, int jobs, Duration limit, Path reports)
    implements SuiteTests {

  @Override
  public List<String> remarks() {
    return List.of();
  }

  @Override
  public void run(List<TestId> tests, Consumer<TestResult> listener)
      throws IOException, InterruptedException {
    Queue<List<TestId>> batches = new ConcurrentLinkedQueue<>(program.batches(tests, jobs));
    Crew.run(
        Math.min(jobs, batches.size()),
        member -> {
          Path log = reports.resolve("program-" + member + ".log");
          ProgramRun run = new ProgramRun(program, limit, reports, log, listener);
          for (List<TestId> batch = batches.poll(); batch != null; batch = batches.poll()) {
            run.whole(batch);
          }
        });
  }
}
