package dev.trestle.validates.junit;

import dev.trestle.validates.process.Crew;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Runs tests in several processes, which take them from one queue.
 *
 * @param jobs how many processes
 * @param jvmArguments of each process
 * @param reports folder for the details of tests that did not pass, and for the processes' logs
 * @param limit the time a test may take
 */
public record WorkerPool(int jobs, List<String> jvmArguments, Path reports, Duration limit) {

  /**
   * Runs the tests and returns when the last has ended.
   *
   * @param listener gets each result as it comes, from several threads
   */
  void run(Collection<TestId> tests, Consumer<TestResult> listener)
      throws IOException, InterruptedException {
    Queue<TestId> queue = new ConcurrentLinkedQueue<>(tests);
    Crew.run(
        Math.min(jobs, Math.max(1, tests.size())),
        member -> drain(queue, reports.resolve("worker-" + member + ".log"), listener));
  }

  private void drain(Queue<TestId> queue, Path log, Consumer<TestResult> listener)
      throws IOException, InterruptedException {
    TestId test = queue.poll();
    while (test != null) {
      try (WorkerProcess worker = WorkerProcess.start(jvmArguments, reports, log, limit)) {
        while (test != null && worker.isUsable()) {
          listener.accept(worker.run(test));
          test = queue.poll();
        }
      }
    }
  }
}
