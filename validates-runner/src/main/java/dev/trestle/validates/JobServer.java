package dev.trestle.validates;

import dev.trestle.validates.process.Services;
import dev.trestle.validates.sdk.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Where a suite sends its pipelines: to a server that is given, or to one of this working tree. */
final class JobServer {

  /** Of a process that the server brings itself; an SDK does not take an empty text for it. */
  static final String NO_COMMAND = "{}";

  private JobServer() {}

  /**
   * @param usual the environment if none is asked for
   * @param variables {@code NAME=VALUE}, of a server of this working tree
   * @throws IOException if the server does not come up
   */
  static Target target(SuiteOptions options, Services services, String usual, String... variables)
      throws IOException, InterruptedException {
    SuiteOptions.Pipelines pipelines = options.pipelines();
    String endpoint =
        pipelines.endpoint() != null ? pipelines.endpoint() : start(options, services, variables);
    String environment = pipelines.environment() != null ? pipelines.environment() : usual;
    String config = pipelines.environmentConfig();
    if (config.isEmpty() && environment.equals("PROCESS")) {
      config = NO_COMMAND;
    }
    return new Target(endpoint, environment, config, pipelines.options());
  }

  private static String start(SuiteOptions options, Services services, String... variables)
      throws IOException, InterruptedException {
    String directory = services.logs().resolve("job-server").toString();
    return services.start(
        "job-server",
        port -> {
          List<String> command = new ArrayList<>();
          command.add("env");
          command.addAll(List.of(variables));
          command.addAll(
              List.of(launcher(options), "server", "--port=" + port, "--directory=" + directory));
          return command;
        });
  }

  /** The command line of this working tree. */
  static String launcher(SuiteOptions options) {
    return options.places().root().resolve("trestle").toString();
  }
}
