package dev.trestle.validates.junit;

import dev.trestle.validates.suite.Outcome;
import dev.trestle.validates.suite.TestId;
import dev.trestle.validates.suite.TestResult;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The parent's side of a {@link Worker}. A worker ends its own test when the time is up; one that
 * is too sick for that is killed {@link #GRACE} later.
 *
 * <p>For one thread.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(15);

  private final Process process;
  private final DataOutputStream toWorker;
  private final DataInputStream fromWorker;
  private final Duration limit;
  private boolean usable = true;

  private WorkerProcess(Process process, Duration limit) {
    this.process = process;
    this.toWorker = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    this.fromWorker = new DataInputStream(process.getInputStream());
    this.limit = limit;
  }

  /**
   * Starts a process; its standard error goes to {@code log}.
   *
   * @param jvmArguments including the class path and all that the tests need to know
   */
  static WorkerProcess start(List<String> jvmArguments, Path reports, Path log, Duration limit)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    // Standard output carries results: the JVM's own messages must not come in between.
    command.add("-XX:+DisplayVMOutputToStderr");
    command.add(Worker.class.getName());
    command.add(reports.toString());
    command.add(limit.toString());
    Process process =
        new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
    return new WorkerProcess(process, limit);
  }

  /** Runs a test and waits for its result, which is a failure if the process dies. */
  TestResult run(TestId test) throws InterruptedException {
    long start = System.nanoTime();
    CompletableFuture<Boolean> kill =
        CompletableFuture.supplyAsync(
            () -> process.destroyForcibly().isAlive(),
            CompletableFuture.delayedExecutor(limit.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS));
    try {
      Wire.writeTest(test, toWorker);
      TestResult result = Wire.readResult(test, fromWorker);
      usable = !Worker.isOverdue(result);
      return result;
    } catch (IOException diedOnTheWay) {
      usable = false;
      int status = process.waitFor();
      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      String cause =
          kill.isDone()
              ? "no end after " + taken.toSeconds() + " s, and the process did not answer: killed"
              : "the process died, exit status " + status;
      return new TestResult(test, Outcome.FAILED, taken.toMillis(), cause);
    } finally {
      kill.cancel(false);
    }
  }

  /** Whether it can take another test. */
  boolean isUsable() {
    return usable;
  }

  /** Lets the process end in its own way, but not for long. */
  @Override
  public void close() {
    try {
      toWorker.close();
    } catch (IOException alreadyGone) {
      // Which is what is wanted.
    }
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
