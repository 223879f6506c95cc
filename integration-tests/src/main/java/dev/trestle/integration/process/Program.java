package dev.trestle.integration.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of any kind, in a process of its own. What it prints is appended to a file. It is
 * killed with this JVM, if that ends in good order. Any thread may call.
 */
public final class Program implements AutoCloseable {

  private static final int LOG_TAIL_LINES = 30;

  private final Process process;
  private final Path log;

  private Program(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts a program. */
  public static Program start(Path log, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new Program(process, log);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end; false if it has not ended by then. */
  public boolean await(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** What it ended with. */
  public int exitCode() {
    return process.exitValue();
  }

  /** The processes that it has started, and those that they have. */
  public Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  /** Asks it to end (SIGTERM) and waits until it has. */
  public void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** Ends it at once (SIGKILL) and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** What it has printed, with those that had the same log before. */
  public List<String> log() throws IOException {
    return Files.readAllLines(log, StandardCharsets.UTF_8);
  }

  /** The end of what it printed. */
  public String logTail() throws IOException {
    List<String> lines = log();
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
  }

  /** Kills it; does not wait. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
