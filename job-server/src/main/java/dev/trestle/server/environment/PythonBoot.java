package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Workers in Python run on an interpreter of this machine that has the SDK installed, or in a
 * virtual environment where something has to be installed for them.
 */
final class PythonBoot implements WorkerBoot {

  private static final String MAIN = "apache_beam.runners.worker.sdk_worker_main";

  private final Sdk sdk;
  private final EnvironmentSettings settings;
  private volatile String executable = "";

  PythonBoot(Sdk sdk, EnvironmentSettings settings) {
    this.sdk = sdk;
    this.settings = settings;
  }

  @Override
  public void prepare(StagedFiles files, Consumer<String> log)
      throws WorkerException, IOException, InterruptedException {
    PythonInterpreter interpreter = PythonInterpreter.find(sdk, settings.python());
    PythonPackages packages = PythonPackages.of(sdk, interpreter, files);
    executable =
        packages.isEmpty()
            ? interpreter.executable()
            : VirtualEnvironments.in(settings.cache()).with(interpreter, packages, log).toString();
  }

  @Override
  public List<String> command(
      WorkerConnection connection, StagedFiles files, String options, Path own) {
    return List.of(executable, "-m", MAIN);
  }
}
