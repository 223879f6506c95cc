package dev.trestle.server.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.jspecify.annotations.Nullable;

/**
 * Where a pipeline's result files go. For a local place a directory for unfinished files is made
 * beside them, which shows early whether the place can be written, and removed at the end, whatever
 * that is. Any thread may close.
 */
final class OutputPlace implements AutoCloseable {
  private static final Pattern SHARD = Pattern.compile("-\\d{5}-of-\\d{5}");

  private final String prefix;
  private final @Nullable Path temporary;

  private OutputPlace(String prefix, @Nullable Path temporary) {
    this.prefix = prefix;
    this.temporary = temporary;
  }

  /**
   * Makes a place ready.
   *
   * @param option name of the option, for the message
   * @param prefix with which the names of files begin
   * @throws RefusedException naming the place, if nothing can be written there
   */
  static OutputPlace prepare(String option, String prefix) {
    String given = "--" + option + "=" + prefix;
    if (prefix.isEmpty() || prefix.endsWith("/") || isDirectory(prefix)) {
      throw new RefusedException(
          given
              + ": this is a directory; give the beginning of file names, such as '"
              + (prefix.endsWith("/") ? prefix : prefix + "/")
              + "counts'.");
    }
    if (prefix.contains("://")) {
      return new OutputPlace(prefix, null);
    }
    Path directory = Path.of(prefix).toAbsolutePath().getParent();
    if (directory == null) {
      throw new RefusedException(given + ": this is not a file name.");
    }
    try {
      Files.createDirectories(directory);
      return new OutputPlace(prefix, Files.createTempDirectory(directory, ".trestle-"));
    } catch (IOException e) {
      throw new RefusedException(
          given + ": cannot write in " + directory + " (" + reason(e) + ").", e);
    }
  }

  /** Directory for unfinished files; empty where the file system brings its own. */
  Optional<String> temporary() {
    return Optional.ofNullable(temporary).map(directory -> directory + "/");
  }

  /** The result files that are there. */
  List<ResourceId> files() {
    try {
      return FileSystems.match(prefix + "-*-of-*", EmptyMatchTreatment.ALLOW).metadata().stream()
          .map(MatchResult.Metadata::resourceId)
          .filter(this::isShard)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes files of an earlier run, so that they are not taken for results of this one. */
  void replaceEarlierFiles() {
    try {
      FileSystems.delete(files());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    if (temporary != null && Files.exists(temporary)) {
      try {
        Files.walkFileTree(temporary, new Deletion());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private boolean isShard(ResourceId file) {
    String name = String.valueOf(file.getFilename());
    String start = prefix.substring(prefix.lastIndexOf('/') + 1);
    return name.startsWith(start) && SHARD.matcher(name.substring(start.length())).matches();
  }

  private static boolean isDirectory(String prefix) {
    return !prefix.contains("://") && Files.isDirectory(Path.of(prefix));
  }

  private static String reason(IOException e) {
    String reason = e.getClass().getSimpleName().replace("Exception", "");
    return e.getMessage() == null ? reason : reason + ": " + e.getMessage();
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE; // a job that is being cancelled deletes as well
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
