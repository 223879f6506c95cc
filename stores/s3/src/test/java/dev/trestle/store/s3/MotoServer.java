package dev.trestle.store.s3;

import dev.trestle.store.testing.ServerCache;
import dev.trestle.store.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Moto, a server of Amazon's protocols. */
final class MotoServer {

  private static final String VERSION = "5.2.5";

  /**
   * Moto's own main looks for an object and writes it in two steps, and serves requests side by
   * side: of several that create one, more than one may win. So requests come one by one here.
   */
  private static final String ONE_BY_ONE =
      """
      import sys
      from werkzeug.serving import run_simple
      from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
      run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app))
      """;

  private MotoServer() {}

  /**
   * Starts it.
   *
   * @param log where its output goes
   */
  static ServerProcess start(Path log, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path python =
        ServerCache.directory("moto-" + VERSION, MotoServer::install).resolve("bin/python");
    return ServerProcess.start(
        log,
        environment,
        port -> List.of(python.toString(), "-c", ONE_BY_ONE, Integer.toString(port)));
  }

  private static void install(Path directory) throws IOException, InterruptedException {
    ServerCache.run(directory, Map.of(), List.of("python3", "-m", "venv", directory.toString()));
    ServerCache.run(
        directory,
        Map.of(),
        List.of(directory.resolve("bin/pip").toString(), "install", "moto[server]==" + VERSION));
  }
}
