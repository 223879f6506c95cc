package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trestle.server.cli.ExitCodes;
import dev.trestle.server.cli.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Timer;
import java.util.TimerTask;

/**
 * The run from which the launcher makes its archive of classes (a training run, as JEP 483 calls
 * it): counts words in this JVM, and once more through a job server in it.
 */
public final class TrainingRun {

  private static final String READY = "ready endpoint=";

  /** Until it gives up: a command must not wait for an archive that it can do without. */
  private static final long PATIENCE_MILLIS = 60_000;

  private TrainingRun() {}

  /**
   * Exits with the status of the command that failed, or 0.
   *
   * @param arguments the text, and an empty directory
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    new Timer("impatience", true)
        .schedule(
            new TimerTask() {
              @Override
              public void run() {
                Runtime.getRuntime().halt(ExitCodes.FAILED); // without an archive
              }
            },
            PATIENCE_MILLIS);
    System.exit(run(Terminal.ofProcess(), Path.of(arguments[0]), Path.of(arguments[1])));
  }

  static int run(Terminal terminal, Path text, Path directory)
      throws IOException, InterruptedException {
    int status = count(terminal, text, directory.resolve("here"));
    if (status != ExitCodes.DONE) {
      return status;
    }
    PipedOutputStream said = new PipedOutputStream();
    Thread server = new Thread(() -> serve(said, directory.resolve("jobs")), "training-server");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(new PipedInputStream(said), UTF_8))) {
      server.start();
      return count(
          terminal,
          text,
          directory.resolve("there"),
          "--endpoint=" + endpoint(lines),
          "--defaultEnvironmentType=EMBEDDED");
    } finally {
      server.interrupt();
      server.join();
    }
  }

  private static int count(Terminal terminal, Path text, Path counts, String... options) {
    String[] command = new String[options.length + 3];
    command[0] = "wordcount";
    command[1] = "--input=" + text;
    command[2] = "--output=" + counts;
    System.arraycopy(options, 0, command, 3, options.length);
    return TrestleCommand.run(terminal, command);
  }

  private static void serve(OutputStream said, Path directory) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    try (PrintStream out = new PrintStream(said, true, UTF_8)) {
      TrestleCommand.run(
          new Terminal(out, nowhere), "server", "--port=0", "--directory=" + directory);
    }
  }

  private static String endpoint(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(READY)) {
        return line.substring(READY.length());
      }
    }
    throw new IOException("the server has not started");
  }
}
