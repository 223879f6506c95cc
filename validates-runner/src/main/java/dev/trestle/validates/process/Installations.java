package dev.trestle.validates.process;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the suites need and Maven does not bring. Each is installed once, below {@code
 * $XDG_CACHE_HOME/trestle} or {@code ~/.cache/trestle}, under a name that follows from the files
 * that pin its versions: another version is another directory.
 */
public final class Installations {

  private static final String COMPLETE = "complete";
  private static final String LOG = "install.log";

  private final Path root;

  Installations(Path root) {
    this.root = root;
  }

  /** Those of this user. */
  public static Installations ofUser() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return new Installations(base.resolve("trestle"));
  }

  /** Installs into a directory that is there and empty. */
  public interface Installation {
    void into(Path directory) throws IOException, InterruptedException;
  }

  /**
   * The directory of an installation. It is made if it is not there, and anew if an earlier attempt
   * has not come to its end; other processes that want it meanwhile wait.
   *
   * @param pins the files that pin what is installed
   * @throws IOException if it cannot be installed
   */
  public Path directory(String name, List<Path> pins, Installation installation)
      throws IOException, InterruptedException {
    Files.createDirectories(root);
    Path directory = root.resolve(name + "-" + digest(pins));
    try (FileChannel channel =
            FileChannel.open(
                root.resolve(directory.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !Files.exists(directory.resolve(COMPLETE))) {
        System.err.println("validates-runner: installing " + name + " into " + directory);
        delete(directory);
        Files.createDirectory(directory);
        installation.into(directory);
        Files.createFile(directory.resolve(COMPLETE));
      }
    }
    return directory;
  }

  /**
   * Runs a command to its end. What it prints goes to {@code install.log} of the installation.
   *
   * @throws IOException if it fails
   */
  public static void run(
      Path installation, Path workingDirectory, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    File log = installation.resolve(LOG).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
    builder.environment().putAll(environment);
    Process process = ProcessTree.start(builder);
    try {
      process.getOutputStream().close();
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", command) + ": status " + status + ", see " + log + " for the reason");
      }
    } finally {
      ProcessTree.end(process, Duration.ZERO);
    }
  }

  private static String digest(List<Path> pins) throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (Path pin : pins) {
      sha256.update(pin.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      sha256.update(Files.readAllBytes(pin));
    }
    return HexFormat.of().formatHex(sha256.digest(), 0, 6);
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
