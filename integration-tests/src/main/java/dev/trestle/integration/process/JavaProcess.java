package dev.trestle.integration.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own with the class path of this one. What it prints is appended to a file. It ends
 * at the latest when this JVM does. Any thread may call.
 */
public final class JavaProcess implements AutoCloseable {

  private static final int LOG_TAIL_LINES = 30;
  private static final long DUMP_MILLIS = 1_000;

  private final Process process;
  private final Path log;

  private JavaProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a process.
   *
   * @param flags for the JVM
   * @param main the class to run; its package need not be on the module path of this one
   */
  public static JavaProcess start(Path log, List<String> flags, String main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ChildMain.class.getName());
    command.add(main);
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new JavaProcess(process, log);
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

  /** Asks it to end (SIGTERM) and waits until it has. */
  public void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** Ends it at once (SIGKILL) and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Makes it print its threads (SIGQUIT), and waits until it had time for that. */
  public void dumpThreads() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
    process.waitFor(DUMP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The end of what it printed. */
  public String logTail() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
  }

  /** Kills it; does not wait. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
