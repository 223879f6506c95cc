package dev.trestle.server.cli;

import dev.trestle.runner.remote.JobServerClient;
import dev.trestle.runner.remote.JobServerOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which job server a command is about. */
final class ServerChoice {

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:TRESTLE_ENDPOINT}",
      description =
          "The job server; TRESTLE_ENDPOINT if not given. Without either: the jobs of this user on"
              + " this machine, and the servers.")
  private @Nullable String endpoint;

  @Option(
      names = "--endpointCertificates",
      paramLabel = "FILE",
      description = "Talks to it with TLS: the certificates to trust, in PEM.")
  private @Nullable String certificates;

  /** The server, or null if none was named. */
  @Nullable String endpoint() {
    return endpoint == null || endpoint.isEmpty() ? null : endpoint;
  }

  /**
   * Connects to a server.
   *
   * @throws RefusedException if the certificates cannot be read
   */
  JobServerClient connect(String to, @Nullable String trusted) {
    try {
      return JobServerClient.connect(to, trusted, System.getenv(JobServerOptions.TOKEN_VARIABLE));
    } catch (IOException e) {
      throw new RefusedException("the certificates cannot be read: " + e.getMessage(), e);
    }
  }

  @Nullable String certificates() {
    return certificates;
  }
}
