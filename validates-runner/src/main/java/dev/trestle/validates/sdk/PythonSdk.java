package dev.trestle.validates.sdk;

import dev.trestle.validates.process.Installations;
import dev.trestle.validates.process.Services;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Python SDK in a virtual environment, with what its tests need. */
public final class PythonSdk {

  private PythonSdk() {}

  /**
   * The interpreter of the environment, which is made if it is not there.
   *
   * @param sources the folder with {@code requirements.txt}
   */
  public static Path interpreter(Path sources) throws IOException, InterruptedException {
    Path requirements = sources.resolve("requirements.txt");
    Path environment =
        Installations.ofUser()
            .directory(
                "python-sdk",
                List.of(requirements),
                directory -> {
                  Installations.run(
                      directory, directory, Map.of(), "python3.11", "-m", "venv", "environment");
                  Installations.run(
                      directory,
                      directory,
                      Map.of("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
                      "environment/bin/python",
                      "-m",
                      "pip",
                      "install",
                      "--no-deps",
                      "--requirement=" + requirements);
                });
    return environment.resolve("environment").resolve("bin").resolve("python");
  }

  /** Starts a pool of workers for the environment EXTERNAL; its address. */
  public static String startWorkerPool(Path python, Services services)
      throws IOException, InterruptedException {
    return services.start(
        "worker-pool",
        port ->
            List.of(
                python.toString(),
                "-m",
                "apache_beam.runners.worker.worker_pool_main",
                "--service_port=" + port));
  }

  /**
   * Starts an expansion service with the transforms of Beam's cross-language tests; its address.
   *
   * @param sources the folder with {@code expansion.py}
   * @param environment of the transforms; only PROCESS makes a difference
   */
  public static String startExpansionService(
      Path python, Path sources, String environment, Services services)
      throws IOException, InterruptedException {
    String own = environment.equals("PROCESS") ? environment : "EXTERNAL";
    return services.start(
        "expansion-service",
        port ->
            List.of(
                python.toString(),
                sources.resolve("expansion.py").toString(),
                Integer.toString(port),
                own));
  }
}
