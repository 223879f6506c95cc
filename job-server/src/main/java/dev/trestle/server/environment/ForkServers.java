package dev.trestle.server.environment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The fork servers of a job server, which outlast jobs: one for each interpreter that has been used
 * lately. Any thread may call; the lock guards which there are.
 */
public final class ForkServers implements AutoCloseable {

  /** Each holds some hundred megabytes. */
  private static final int MOST = 3;

  /** By interpreter, the one first that has been asked longest ago. */
  @GuardedBy("this")
  private final Map<String, ForkServer> servers = new LinkedHashMap<>(8, 0.75f, true);

  @GuardedBy("this")
  private boolean closed;

  /**
   * Forks a worker, from a new server if there is none, or none any more, or if packages have been
   * installed since it has imported them.
   *
   * @throws IOException if it cannot be started
   */
  ChildProcess fork(
      String executable, Path directory, Map<String, String> variables, Consumer<String> output)
      throws IOException, InterruptedException {
    ForkServer server = server(executable);
    try {
      return server.fork(directory, variables, output);
    } catch (IOException e) {
      if (server.isThere()) {
        throw e;
      }
      // Just now it had been idle for long enough; or it fails again.
      return server(executable).fork(directory, variables, output);
    }
  }

  private synchronized ForkServer server(String executable) throws IOException {
    if (closed) {
      throw new IOException("The job server is ending");
    }
    ForkServer there = servers.get(executable);
    if (there != null && !there.isCurrent()) {
      there.retire();
      there = null;
    }
    if (there == null || !there.isThere()) {
      there = new ForkServer(executable);
      servers.put(executable, there);
      if (servers.size() > MOST) {
        String eldest = servers.keySet().iterator().next();
        servers.remove(eldest).retire();
      }
    }
    return there;
  }

  /** Ends them all. Workers are to have ended. */
  @Override
  public synchronized void close() {
    closed = true;
    servers.values().forEach(ForkServer::close);
    servers.clear();
  }
}
