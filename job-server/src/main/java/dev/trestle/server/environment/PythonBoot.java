package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;

/**
 * Workers in Python run on an interpreter of this machine that has the SDK installed, or in a
 * virtual environment where something has to be installed for them. They are forked, if they can
 * be, for it takes seconds to import the SDK.
 */
final class PythonBoot implements WorkerBoot {

  private static final String MAIN = "apache_beam.runners.worker.sdk_worker_main";

  /** How much of state and side inputs a worker remembers; the SDK's own default is nothing. */
  private static final String CACHE_OPTION = "beam:option:max_cache_memory_usage_mb:v1";

  /** A text, as the SDK sends numbers: from a number of the struct it would read 100.0. */
  private static final Value CACHE_MEGABYTES = Value.newBuilder().setStringValue("100").build();

  private final Sdk sdk;
  private final EnvironmentSettings settings;
  private final PythonInterpreters interpreters;
  private final Optional<ForkServers> forkServers;
  private volatile String executable = "";

  /**
   * @param forkServers where workers come from; if empty, each starts from nothing
   */
  PythonBoot(
      Sdk sdk,
      EnvironmentSettings settings,
      PythonInterpreters interpreters,
      Optional<ForkServers> forkServers) {
    this.sdk = sdk;
    this.settings = settings;
    this.interpreters = interpreters;
    this.forkServers = forkServers;
  }

  @Override
  public void prepare(StagedFiles files, Consumer<String> log)
      throws WorkerException, IOException, InterruptedException {
    PythonInterpreter interpreter = interpreters.find(sdk, settings.python());
    PythonPackages packages = PythonPackages.of(sdk, interpreter, files);
    executable =
        packages.isEmpty()
            ? interpreter.executable()
            : VirtualEnvironments.in(settings.cache()).with(interpreter, packages, log).toString();
  }

  @Override
  public Struct options(Struct submitted) {
    Value said = submitted.getFieldsOrDefault(CACHE_OPTION, Value.getDefaultInstance());
    boolean isSaid = said.getNumberValue() > 0 || !Set.of("", "0").contains(said.getStringValue());
    return isSaid
        ? submitted
        : submitted.toBuilder().putFields(CACHE_OPTION, CACHE_MEGABYTES).build();
  }

  @Override
  public List<String> command(
      WorkerConnection connection, StagedFiles files, String options, Path own) {
    return List.of(executable, "-m", MAIN);
  }

  @Override
  public ChildProcess start(ProcessBuilder builder, String id, Consumer<String> output)
      throws WorkerException, IOException, InterruptedException {
    return forkServers.isEmpty()
        ? WorkerBoot.super.start(builder, id, output)
        : forkServers
            .get()
            .fork(executable, builder.directory().toPath(), builder.environment(), output);
  }
}
