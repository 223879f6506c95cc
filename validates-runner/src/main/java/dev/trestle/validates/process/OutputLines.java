package dev.trestle.validates.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The lines that a process prints, for somebody who does not want to wait for ever. Closing it
 * kills the process and its children. For one thread.
 */
public final class OutputLines implements AutoCloseable {
  private static final Duration TIME_FOR_STACKS = Duration.ofSeconds(2);
  private static final Optional<String> END = Optional.empty();

  private final Process process;
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
  private boolean ended;

  private OutputLines(Process process) {
    this.process = process;
  }

  /**
   * Starts a process.
   *
   * @param errors its standard error is appended here
   */
  public static OutputLines of(ProcessBuilder command, Path errors) throws IOException {
    command.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    OutputLines output = new OutputLines(ProcessTree.start(command));
    output.process.getOutputStream().close();
    Thread reader = new Thread(output::read, "output of " + command.command().get(0));
    reader.setDaemon(true);
    reader.start();
    return output;
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(Optional.of(line));
      }
    } catch (IOException killed) {
      // Its output is at its end.
    }
    lines.add(END);
  }

  /** The next line; nothing if there is none in that time, or none any more. */
  public Optional<String> next(Duration patience) throws InterruptedException {
    if (ended) {
      return Optional.empty();
    }
    Optional<String> line = lines.poll(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
    if (line == null) {
      return Optional.empty();
    }
    ended = line.isEmpty();
    return line;
  }

  /** All lines to the end of the process, however long it takes. */
  public List<String> all() throws InterruptedException {
    List<String> all = new ArrayList<>();
    while (!ended) {
      next(Duration.ofDays(1)).ifPresent(all::add);
    }
    return all;
  }

  /** Whether the process has closed its output and everything in it has been read. */
  public boolean isEnded() {
    return ended;
  }

  /** Waits for the end of the process. */
  public int status() throws InterruptedException {
    return process.waitFor();
  }

  /**
   * Sends SIGQUIT to the children of the process, which makes Go programs print what they are doing
   * and end.
   *
   * @return what it has printed since, for as long as that may take
   */
  public List<String> askedForStacks() throws IOException, InterruptedException {
    for (ProcessHandle child : process.descendants().toList()) {
      var unused =
          new ProcessBuilder("kill", "-QUIT", Long.toString(child.pid()))
              .redirectErrorStream(true)
              .start()
              .waitFor();
    }
    List<String> printed = new ArrayList<>();
    Optional<String> line = next(TIME_FOR_STACKS);
    while (line.isPresent()) {
      printed.add(line.get());
      line = next(TIME_FOR_STACKS);
    }
    return printed;
  }

  @Override
  public void close() {
    ProcessTree.end(process, Duration.ZERO);
  }
}
