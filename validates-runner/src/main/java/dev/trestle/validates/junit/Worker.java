package dev.trestle.validates.junit;

import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The process in which tests run, one at a time, each in a thread of its own. A test that does not
 * end in time leaves a thread dump and takes the process with it: nobody can stop a thread, and the
 * next test should not have to live with it. The parent starts another worker.
 *
 * <p>The details of a test stay in its file unless it passed.
 */
public final class Worker {
  private final Path reports;
  private final Duration limit;
  private final TestOutput output;

  private Worker(Path reports, Duration limit, TestOutput output) {
    this.reports = reports;
    this.limit = limit;
    this.output = output;
  }

  /** Arguments: the folder for reports, the time limit of a test (ISO 8601). */
  public static void main(String[] args) throws Exception {
    DataInputStream in = new DataInputStream(System.in);
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    Worker worker = new Worker(Path.of(args[0]), Duration.parse(args[1]), TestOutput.install());
    try {
      while (true) {
        TestId test = Wire.readTest(in);
        TestResult result = worker.run(test);
        Wire.writeResult(result, out);
        if (isOverdue(result)) {
          Runtime.getRuntime().halt(1);
        }
      }
    } catch (EOFException nothingMoreToDo) {
      // Threads that tests have left behind must not keep the process.
      System.exit(0);
    }
  }

  /** Whether the result is that of a test which is still running. */
  static boolean isOverdue(TestResult result) {
    return result.outcome() == Outcome.FAILED && result.cause().startsWith("no end after ");
  }

  private TestResult run(TestId test) throws IOException, InterruptedException {
    Path file = reports.resolve(test.fileName());
    output.switchTo(file);
    AtomicReference<TestResult> ended = new AtomicReference<>();
    Thread thread = new Thread(() -> ended.set(Execution.of(test)), "test " + test.shortName());
    thread.setDaemon(true);
    thread.start();
    thread.join(limit.toMillis());

    TestResult result = ended.get();
    if (result != null) {
      output.end("");
      if (result.outcome() == Outcome.PASSED) {
        Files.delete(file);
      }
      return result;
    }
    if (!thread.isAlive()) {
      output.end("");
      return new TestResult(test, Outcome.FAILED, 0, "the test's thread died");
    }
    output.end("\nNo end after " + limit.toSeconds() + " s. Threads:\n\n" + ThreadDump.take());
    return new TestResult(
        test, Outcome.FAILED, limit.toMillis(), "no end after " + limit.toSeconds() + " s");
  }
}
