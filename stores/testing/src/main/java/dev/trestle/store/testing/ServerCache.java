package dev.trestle.store.testing;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * Programs that tests need and that are not on Maven Central. Each is installed once, below {@code
 * $XDG_CACHE_HOME/trestle} or {@code ~/.cache/trestle}.
 */
public final class ServerCache {

  private static final String COMPLETE = "complete";

  private ServerCache() {}

  /** Installs a program into a directory that is there. */
  public interface Installation {
    void into(Path directory) throws IOException, InterruptedException;
  }

  /**
   * The directory of a program. It is installed if it is not there; other processes that want it
   * meanwhile wait.
   *
   * @param name with the version
   * @throws IOException if it cannot be installed
   */
  public static Path directory(String name, Installation installation)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(root().resolve(name));
    try (FileChannel channel =
            FileChannel.open(
                root().resolve(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.exists(directory.resolve(COMPLETE))) {
        installation.into(directory);
        Files.createFile(directory.resolve(COMPLETE));
      }
    }
    return directory;
  }

  private static Path root() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return base.resolve("trestle");
  }

  /**
   * Runs a command to its end. What it prints goes to {@code install.log} in the directory.
   *
   * @throws IOException if it fails
   */
  public static void run(Path directory, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    File log = directory.resolve("install.log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    if (status != 0) {
      throw new IOException(
          String.join(" ", command) + ": status " + status + ", see " + log + " for the reason");
    }
  }
}
