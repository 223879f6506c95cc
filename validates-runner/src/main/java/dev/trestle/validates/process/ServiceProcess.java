package dev.trestle.validates.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** A server on a port of the loopback interface, until it is closed. */
final class ServiceProcess implements AutoCloseable {

  /** Long enough for a server that is built first. */
  private static final Duration LONGEST_START = Duration.ofMinutes(10);

  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final int LAST_LINES = 20;

  private final String name;
  private final Process process;
  private final int port;
  private final Path log;

  private ServiceProcess(String name, Process process, int port, Path log) {
    this.name = name;
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * Starts a server and waits until it takes connections.
   *
   * @param name what to call it in an error
   * @param log where its output goes
   * @param command what starts it on a port
   * @throws IOException if it does not come up; the message has the end of its output
   */
  static ServiceProcess start(String name, Path log, IntFunction<List<String>> command)
      throws IOException, InterruptedException {
    int port = freePort();
    Process process =
        ProcessTree.start(
            new ProcessBuilder(command.apply(port))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    process.getOutputStream().close();
    ServiceProcess service = new ServiceProcess(name, process, port, log);
    try {
      service.awaitConnections();
    } catch (IOException | InterruptedException e) {
      service.close();
      throw e;
    }
    return service;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitConnections() throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException notYet) {
        if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          throw new IOException(name + " has not come up; the end of " + log + ":\n" + lastLines());
        }
      }
    }
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  String address() {
    return "localhost:" + port;
  }

  /** Whether it has not ended by itself. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** How it has ended, where it has. */
  String obituary() {
    return name + " has ended with status " + process.exitValue() + ", see " + log;
  }

  /** Lets it end in its own way, but not for long. */
  @Override
  public void close() {
    ProcessTree.end(process, GRACE);
  }
}
