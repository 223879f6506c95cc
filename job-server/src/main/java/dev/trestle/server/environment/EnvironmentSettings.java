package dev.trestle.server.environment;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a server allows of environments, and how.
 *
 * @param commands those that environments may name as worker programs; empty if they may name any,
 *     and run code in this process, which is only good where all who can submit jobs may do so
 *     anyway
 * @param docker what becomes of environments that name a container image
 * @param containerCommand that of Docker, or one that takes the same arguments, such as podman
 * @param python the interpreter for workers in Python; empty to look for one that fits
 * @param cache for virtual environments, which outlast jobs
 * @param startTimeout how long a worker may take to connect
 * @param stopTimeout how long one may take to stop before it is killed
 */
public record EnvironmentSettings(
    Optional<Set<String>> commands,
    Docker docker,
    String containerCommand,
    Optional<String> python,
    Path cache,
    Duration startTimeout,
    Duration stopTimeout) {

  /** What becomes of environments that name a container image, which SDKs do by default. */
  public enum Docker {
    /** The worker is a process of this machine, of the SDK that the image is of. */
    AS_PROCESS,
    /** The image is run. */
    RUN,
    /** The job is refused. */
    REFUSE
  }

  /** Whether pipelines may run code in this process: where they may have any program run. */
  boolean embeds() {
    return commands.isEmpty();
  }

  /** Without containers. */
  public static EnvironmentSettings defaults() {
    return new EnvironmentSettings(
        Optional.empty(),
        Docker.AS_PROCESS,
        "docker",
        Optional.empty(),
        cacheOfUser(),
        Duration.ofMinutes(2),
        Duration.ofSeconds(5));
  }

  private static Path cacheOfUser() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path parent =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return parent.resolve("trestle");
  }
}
