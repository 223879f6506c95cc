package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker that is a process of its own, with those that it has started. Its standard output and
 * error go to its log.
 */
final class WorkerProcess implements RunningWorker {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** From here on a status of the shell's kind means a signal. */
  private static final int FIRST_SIGNAL = 128;

  /** For how long the output of a process that has ended is waited for. */
  private static final int LAST_WORDS_MILLIS = 500;

  private final Process process;
  private final Duration patience;
  private volatile List<ProcessHandle> family = List.of();

  private WorkerProcess(Process process, Duration patience) {
    this.process = process;
    this.patience = patience;
  }

  /**
   * Starts it.
   *
   * @param connection is told of what it prints and of its end
   * @param patience how long it may take to stop before it is killed
   * @throws IOException if there is no such program
   */
  static WorkerProcess start(
      ProcessBuilder builder, WorkerConnection connection, Duration patience) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    Thread reader =
        new Thread(() -> copyOutput(process, connection), "output-of-" + connection.id());
    reader.setDaemon(true);
    reader.start();
    process.onExit().thenAcceptAsync(ended -> hasEnded(ended, reader, connection));
    return new WorkerProcess(process, patience);
  }

  private static void copyOutput(Process process, WorkerConnection connection) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        connection.printed(line);
      }
    } catch (IOException e) {
      LOG.debug("The output of {} has ended", connection.id(), e);
    }
  }

  private static void hasEnded(Process ended, Thread reader, WorkerConnection connection) {
    try {
      reader.join(LAST_WORDS_MILLIS); // children that go on may hold it open
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int status = ended.exitValue();
    connection.died(
        status > FIRST_SIGNAL
            ? "has been killed by signal " + (status - FIRST_SIGNAL)
            : "has exited with status " + status);
  }

  @Override
  public void stop() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    family = all;
    all.forEach(ProcessHandle::destroy);
  }

  @Override
  public void awaitStopped() {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    for (ProcessHandle member : family) {
      try {
        member
            .onExit()
            .get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        LOG.warn("The process {} of an SDK worker does not stop and is killed", member.pid());
        member.destroyForcibly();
      } catch (InterruptedException e) {
        interrupted = true;
        member.destroyForcibly();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
