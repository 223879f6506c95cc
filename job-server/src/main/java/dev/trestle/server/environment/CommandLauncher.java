package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts a program of the user's that does as the boot programs of Beam's containers do: it learns
 * where it is wanted from two arguments, {@code --id} and {@code --provision_endpoint}.
 */
final class CommandLauncher implements WorkerLauncher {

  private final List<String> command;
  private final Map<String, String> variables;
  private final Reaper reaper;
  private final Duration stopTimeout;

  CommandLauncher(
      List<String> command, Map<String, String> variables, Reaper reaper, Duration stopTimeout) {
    this.command = List.copyOf(command);
    this.variables = Map.copyOf(variables);
    this.reaper = reaper;
    this.stopTimeout = stopTimeout;
  }

  @Override
  public RunningWorker launch(WorkerConnection connection) throws IOException {
    List<String> line = new ArrayList<>(command);
    line.add("--id=" + connection.id());
    line.add("--provision_endpoint=" + connection.endpoint().getUrl());
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().putAll(variables);
    return WorkerProcess.start(builder, connection, reaper, stopTimeout);
  }
}
