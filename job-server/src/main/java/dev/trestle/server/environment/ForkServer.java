package dev.trestle.server.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process in Python that has imported Beam's SDK and forks workers, so that each starts in
 * milliseconds and shares the memory of what all have in common. It runs no user code itself. It
 * ends when it has had no worker for ten minutes. Any thread may call.
 */
final class ForkServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ForkServer.class);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCRIPT = script();
  private static final int FIRST_SIGNAL = 128;
  private static final int KILL = 9;
  private static final int STOP_SECONDS = 5;

  /** For how long its last words are waited for when it has ended. */
  private static final int LAST_WORDS_MILLIS = 500;

  /** A worker that has been asked for, or is there. */
  private record Worker(
      Consumer<String> output,
      CompletableFuture<ProcessHandle> forked,
      CompletableFuture<Integer> status) {}

  private final String executable;
  private final Instant started = Instant.now();
  private final Process process;
  private final BufferedWriter requests;

  /** Those that have been asked for and not been forked so far. */
  @GuardedBy("this")
  private final ArrayDeque<Worker> asked = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean ended;

  /** Those that are there, by process id. Belongs to the thread that reads answers. */
  private final Map<Long, Worker> workers = new HashMap<>();

  private final Thread errors;

  /** The directories that it has imported from; null as long as it imports. */
  private volatile @Nullable List<String> imported;

  /** What it has printed last, of its own. */
  private volatile String lastWords = "";

  /**
   * Starts one.
   *
   * @param executable a Python that has the SDK
   * @throws IOException if there is no such program
   */
  ForkServer(String executable) throws IOException {
    this.executable = executable;
    process = new ProcessBuilder(executable, "-c", SCRIPT).start();
    requests = process.outputWriter(StandardCharsets.UTF_8);
    errors = start("errors-of-fork-server", this::readErrors);
    start("answers-of-fork-server", this::readAnswers);
  }

  @CanIgnoreReturnValue
  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static String script() {
    try (InputStream text = ForkServer.class.getResourceAsStream("fork_server.py")) {
      if (text == null) {
        throw new IllegalStateException("This server has been built without fork_server.py");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Forks a worker.
   *
   * @param variables all that it has in its environment
   * @param output is told the lines that it prints, by a thread that all workers share
   * @throws IOException if the server ends without having forked it, with what it said last
   * @throws InterruptedException if it was interrupted; the worker ends when it comes
   */
  ChildProcess fork(Path directory, Map<String, String> variables, Consumer<String> output)
      throws IOException, InterruptedException {
    String request =
        JSON.writeValueAsString(
            Map.of("directory", directory.toString(), "variables", Map.copyOf(variables)));
    Worker worker = new Worker(output, new CompletableFuture<>(), new CompletableFuture<>());
    synchronized (this) {
      if (ended) {
        throw hasEnded();
      }
      asked.add(worker);
      try {
        requests.write(request);
        requests.newLine();
        requests.flush();
      } catch (IOException e) {
        process.destroy(); // it is about to end, if it has not: then all who have asked are told
      }
    }
    try {
      return new ChildProcess(worker.forked.get(), worker.status);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? "No worker" : cause.getMessage(), e);
    } catch (InterruptedException e) {
      if (!worker.forked.cancel(false) && !worker.forked.isCompletedExceptionally()) {
        worker.forked.join().destroy();
      }
      throw e;
    }
  }

  private IOException hasEnded() {
    return new IOException("Workers cannot be forked from " + executable + ": " + lastWords);
  }

  /** Whether it can be asked for workers, as far as is known. */
  synchronized boolean isThere() {
    return !ended;
  }

  /** Whether what it has imported is what a new one would import: nothing was installed since. */
  boolean isCurrent() {
    List<String> directories = imported;
    return directories == null
        || PythonInterpreter.areOlder(directories, started.minus(PythonInterpreter.SLACK));
  }

  private void readErrors() {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        LOG.debug("The fork server of {}: {}", executable, line);
        lastWords = line; // of a traceback that is what counts
      }
    } catch (IOException e) {
      LOG.debug("The fork server of {} has ended", executable, e);
    }
  }

  private void readAnswers() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(JSON.readTree(line));
      }
    } catch (JsonProcessingException e) {
      LOG.error("The fork server of {} answers what cannot be read", executable, e);
    } catch (IOException e) {
      LOG.debug("The fork server of {} has ended", executable, e);
    }
    process.destroyForcibly();
    try {
      errors.join(LAST_WORDS_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody knows this thread", e);
    }
    end();
  }

  private void take(JsonNode answer) {
    if (answer.has("imported")) {
      List<String> directories = new ArrayList<>();
      answer.get("imported").forEach(each -> directories.add(each.asText()));
      imported = List.copyOf(directories);
    } else if (answer.has("forked")) {
      long pid = answer.get("forked").asLong();
      Worker worker;
      synchronized (this) {
        worker = asked.remove();
      }
      workers.put(pid, worker);
      Optional<ProcessHandle> handle = ProcessHandle.of(pid);
      if (handle.isEmpty()) {
        worker.forked.completeExceptionally(new IOException("The worker has ended at once"));
      } else if (!worker.forked.complete(handle.get())) {
        handle.get().destroy(); // nobody waits for it any more
      }
    } else if (answer.has("printed")) {
      Worker worker = workers.get(answer.get("pid").asLong());
      if (worker != null) { // else a child of one that has ended
        worker.output.accept(answer.get("printed").asText());
      }
    } else {
      int status = answer.get("status").asInt();
      workers
          .remove(answer.get("pid").asLong())
          .status
          .complete(status < 0 ? FIRST_SIGNAL - status : status);
    }
  }

  /** Workers whose end nobody would hear of are killed. */
  private void end() {
    for (Worker worker : workers.values()) {
      if (!worker.forked.isCompletedExceptionally()) {
        worker.forked.join().destroyForcibly();
      }
      worker.status.complete(FIRST_SIGNAL + KILL);
    }
    synchronized (this) {
      ended = true;
      asked.forEach(worker -> worker.forked.completeExceptionally(hasEnded()));
      asked.clear();
    }
  }

  /** Forks no more; ends by itself when the workers that are there have ended. */
  void retire() {
    try {
      requests.close();
    } catch (IOException e) {
      LOG.debug("The fork server of {} has ended", executable, e);
    }
  }

  /** Ends it. Workers are to have ended: it is killed if it waits for one for some seconds. */
  @Override
  public void close() {
    retire();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
