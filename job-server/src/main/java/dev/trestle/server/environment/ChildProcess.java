package dev.trestle.server.environment;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that has been started: by this one, or for it by another.
 *
 * @param handle tells it from a later one of the same id
 * @param status completes when it has ended and its output has been read, with its exit status, or
 *     with that of the shell if a signal has killed it: 128 and the signal's number
 */
record ChildProcess(ProcessHandle handle, CompletableFuture<Integer> status) {

  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

  /** For how long the output of a process that has ended is waited for. */
  private static final int LAST_WORDS_MILLIS = 500;

  /**
   * Starts a process without input.
   *
   * @param name of the threads that attend to it
   * @param output is told the lines that it prints, its errors among them, on a thread of its own
   * @throws IOException if there is no such program
   */
  static ChildProcess start(ProcessBuilder builder, String name, Consumer<String> output)
      throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    Thread reader = new Thread(() -> copyOutput(process, name, output), "output-of-" + name);
    reader.setDaemon(true);
    reader.start();
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread watcher = new Thread(() -> status.complete(awaitEnd(process, reader)), "end-of-" + name);
    watcher.setDaemon(true);
    watcher.start();
    return new ChildProcess(process.toHandle(), status);
  }

  /** Has something done with the status when the process has ended; it must not fail. */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
  void whenEnded(IntConsumer task) {
    status.thenAccept(task::accept);
  }

  private static void copyOutput(Process process, String name, Consumer<String> output) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.accept(line);
      }
    } catch (IOException e) {
      LOG.debug("The output of {} has ended", name, e);
    }
  }

  private static int awaitEnd(Process process, Thread reader) {
    try {
      int status = process.waitFor();
      reader.join(LAST_WORDS_MILLIS); // children that go on may hold it open
      return status;
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody knows this thread", e);
    }
  }
}
