package dev.trestle.validates.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;

/** The servers that tests need, ended in reverse order of their start. For one thread. */
public final class Services implements AutoCloseable {
  private final Path logs;
  private final Deque<ServiceProcess> running = new ArrayDeque<>();
  private final List<Process> companions = new ArrayList<>();

  /**
   * With no server as yet.
   *
   * @param logs folder for the output of the servers
   */
  public Services(Path logs) {
    this.logs = logs;
  }

  /**
   * Starts a server on a port of its own and waits until it takes connections.
   *
   * @param name what to call it; its output goes to {@code name.log}
   * @param command what starts it on a port
   * @return host and port
   * @throws IOException if it does not come up
   */
  public String start(String name, IntFunction<List<String>> command)
      throws IOException, InterruptedException {
    ServiceProcess service = ServiceProcess.start(name, logs.resolve(name + ".log"), command);
    running.push(service);
    return service.address();
  }

  /** The folder for what servers write. */
  public Path logs() {
    return logs;
  }

  /**
   * Starts a process that does something beside the tests. It may end when it likes.
   *
   * @param name its output goes to {@code name.log}
   */
  public void accompany(String name, List<String> command) throws IOException {
    companions.add(
        ProcessTree.start(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(logs.resolve(name + ".log").toFile())));
  }

  /** What has ended although it should not have, a line each. */
  public List<String> casualties() {
    return running.stream()
        .filter(service -> !service.isAlive())
        .map(ServiceProcess::obituary)
        .toList();
  }

  @Override
  public void close() {
    companions.forEach(companion -> ProcessTree.end(companion, Duration.ZERO));
    companions.clear();
    running.forEach(ServiceProcess::close);
    running.clear();
  }
}
