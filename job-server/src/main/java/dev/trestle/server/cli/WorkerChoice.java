package dev.trestle.server.cli;

import dev.trestle.server.environment.EnvironmentSettings;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import dev.trestle.server.environment.WorkerQuota;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server starts SDK workers, and which. */
final class WorkerChoice {

  private static final int DEFAULT_WORKERS = 256;

  @Option(
      names = "--docker",
      defaultValue = "AS_PROCESS",
      description =
          "What becomes of environments that name a container image, which SDKs do by default:"
              + " ${COMPLETION-CANDIDATES}. AS_PROCESS starts a worker of that SDK on this machine,"
              + " without a container. Default: ${DEFAULT-VALUE}.")
  private Docker docker = Docker.AS_PROCESS;

  @Option(
      names = "--container-command",
      paramLabel = "PROGRAM",
      description =
          "With --docker=RUN: docker, or one that takes the same arguments. Default: docker.")
  private @Nullable String containerCommand;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      description =
          "The interpreter of workers in Python. Without it: one that fits is looked for.")
  private @Nullable String python;

  @Option(
      names = "--program",
      paramLabel = "PROGRAM",
      description =
          "A program that environments of type PROCESS may name; may be given more than once."
              + " Without it: any at localhost, none beyond. Where there is such a list, nothing of"
              + " pipelines runs in the server's own process (EMBEDDED) either.")
  private @Nullable List<String> programs;

  @Option(
      names = "--max-workers",
      description = "How many SDK workers there may be, of all jobs. Default: ${DEFAULT-VALUE}.")
  private int maxWorkers = DEFAULT_WORKERS;

  /**
   * How many there may be.
   *
   * @throws RefusedException if that is none
   */
  WorkerQuota quota() {
    if (maxWorkers < 1) {
      throw new RefusedException("--max-workers must be at least 1.");
    }
    return new WorkerQuota(maxWorkers);
  }

  /**
   * The settings.
   *
   * @param beyond whether others than the users of this machine can submit pipelines
   */
  EnvironmentSettings settings(boolean beyond) {
    if (containerCommand != null && docker != Docker.RUN) {
      throw new RefusedException("--container-command has no effect without --docker=RUN.");
    }
    EnvironmentSettings defaults = EnvironmentSettings.defaults();
    Optional<Set<String>> none = beyond ? Optional.of(Set.of()) : Optional.empty();
    return new EnvironmentSettings(
        programs == null ? none : Optional.of(Set.copyOf(programs)),
        docker,
        containerCommand == null ? defaults.containerCommand() : containerCommand,
        python == null ? defaults.python() : Optional.of(python),
        defaults.cache(),
        defaults.startTimeout(),
        defaults.stopTimeout());
  }
}
