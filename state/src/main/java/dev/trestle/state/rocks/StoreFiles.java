package dev.trestle.state.rocks;

import dev.trestle.state.checkpoint.SnapshotFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a store, and what its files are called outside of it. RocksDB numbers its files,
 * and begins again where a restored checkpoint ended; so the same number may stand for two files of
 * which one is in a checkpoint that was given up. Outside, a file therefore has the store's own
 * name, new with each opening, before its number; files that were restored keep the name that they
 * have. Not thread safe.
 */
final class StoreFiles {

  private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);

  private static final String TABLE = ".sst";
  private static final char SEPARATOR = '_';

  private final Path directory;
  private final String identity = UUID.randomUUID().toString();
  private final Map<String, String> restoredNames = new HashMap<>();

  /** The files of a store; the directory is made by {@link #make} or {@link #adopt}. */
  StoreFiles(Path directory) {
    this.directory = directory;
  }

  void make() {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new RocksStateException("make a directory for", directory, e);
    }
  }

  Path directory() {
    return directory;
  }

  /** Puts a checkpoint's files here, for a database to go on with. */
  void adopt(RocksSnapshot snapshot) {
    link(snapshot, directory);
    for (SnapshotFile file : snapshot.files()) {
      if (file.shared()) {
        restoredNames.put(localName(file), file.name());
      }
    }
  }

  /** Puts a checkpoint's files elsewhere, under the names that RocksDB gave them. */
  static void link(RocksSnapshot snapshot, Path target) {
    try {
      Files.createDirectories(target);
      for (SnapshotFile file : snapshot.files()) {
        Path to = target.resolve(localName(file));
        if (file.shared()) {
          linkOrCopy(file.path(), to);
        } else {
          Files.copy(file.path(), to, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new RocksStateException("restore", target, e);
    }
  }

  private static void linkOrCopy(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException | IOException e) {
      LOG.debug("Copying {}, which cannot be linked", from, e);
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String localName(SnapshotFile file) {
    return file.name().substring(file.name().lastIndexOf(SEPARATOR) + 1);
  }

  /** The files of a new checkpoint. */
  List<SnapshotFile> inCheckpoint(Path checkpoint) {
    List<SnapshotFile> found = new ArrayList<>();
    try (Stream<Path> paths = Files.list(checkpoint)) {
      paths.sorted().forEach(path -> found.add(named(path)));
    } catch (IOException e) {
      throw new RocksStateException("list the checkpoint " + checkpoint + " of", directory, e);
    }
    return found;
  }

  private SnapshotFile named(Path path) {
    String local = String.valueOf(path.getFileName());
    if (!local.endsWith(TABLE)) {
      return new SnapshotFile(local, path, false);
    }
    String restored = restoredNames.get(local);
    return new SnapshotFile(restored == null ? identity + SEPARATOR + local : restored, path, true);
  }

  /** Deletes the directory. What cannot be deleted is left for the next start. */
  void delete() {
    if (Files.exists(directory)) {
      deleteAll(directory);
    }
  }

  static void deleteAll(Path root) {
    try {
      Files.walkFileTree(root, new Deletion());
    } catch (IOException e) {
      LOG.warn("Could not delete {}", root, e);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
