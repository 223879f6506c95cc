package dev.trestle.server.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * An expansion service: a process of its own, because what it serves is its class path, of which
 * the server has nothing. It ends when this process does. Any thread may call.
 */
final class ExpansionProcess implements AutoCloseable {

  /** Where other SDKs look for one if they are not told. */
  static final int DEFAULT_PORT = 8097;

  /** The property with its class path, which the launcher sets. */
  private static final String CLASS_PATH = "trestle.expansion";

  private static final String MAIN = "dev.trestle.expansion.ExpansionMain";
  private static final String READY = "ready endpoint=";
  private static final long GRACE_SECONDS = 5;

  private final Process process;
  private final String endpoint;

  private ExpansionProcess(Process process, String endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * Starts one and waits until it is ready. What it says of trouble goes to the standard error of
   * this process.
   *
   * @param port 0 for any that is free
   * @param more jars behind its own, or empty
   * @throws RefusedException if it cannot be had
   */
  static ExpansionProcess start(String host, int port, String more) {
    String own = System.getProperty(CLASS_PATH);
    if (own == null) {
      throw new RefusedException(
          "there is no expansion service in this installation: start it with the script 'trestle'.");
    }
    String classPath = more.isEmpty() ? own : own + File.pathSeparator + more;
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Dfile.encoding=UTF-8",
                "-cp",
                classPath,
                MAIN,
                host,
                Integer.toString(port))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      return awaitReady(builder.start());
    } catch (IOException e) {
      throw new RefusedException("the expansion service cannot be started: " + e.getMessage(), e);
    }
  }

  private static ExpansionProcess awaitReady(Process process) throws IOException {
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    String line = lines.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new RefusedException("the expansion service has not started: see above.");
    }
    Thread reader = new Thread(() -> drain(lines), "output-of-expansion-service");
    reader.setDaemon(true);
    reader.start();
    return new ExpansionProcess(process, line.substring(READY.length()));
  }

  /** Transforms may print; that would stop if nobody read it. */
  private static void drain(BufferedReader lines) {
    try (lines) {
      lines.lines().forEach(System.err::println);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("trestle: the rest of the expansion service's output is lost: " + e);
    }
  }

  /** Host and port. */
  String endpoint() {
    return endpoint;
  }

  /** Waits for its end; its status. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Has it end, and waits for that, not for long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
