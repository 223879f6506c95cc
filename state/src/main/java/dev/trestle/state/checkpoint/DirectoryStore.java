package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps objects as files of a directory, local or on NFS. The file system has to have hard links
 * and atomic renames; an NFS mount must not cache that a file is missing ({@code
 * lookupcache=positive}).
 *
 * <p>A file is written elsewhere in the directory, forced to the disk, and then linked or renamed
 * to its name: {@code link} fails if the name is taken, and is the conditional write. A local file
 * on the same file system is linked instead of copied, both ways. Directories are forced after each
 * change.
 *
 * <p>What a crash leaves half-written is below {@code .unfinished}; no object's path begins with a
 * dot. Whoever opens the store deletes what nobody has written to for a day. Should the writer be
 * alive after all, its write fails.
 *
 * <p>Thread safe, without locks: any number of threads and processes.
 */
public final class DirectoryStore implements CheckpointStore {

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryStore.class);

  private static final String UNFINISHED = ".unfinished";
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final int MAX_RACES = 100;

  private final Path root;
  private final Path unfinished;

  private DirectoryStore(Path root) {
    this.root = root;
    this.unfinished = root.resolve(UNFINISHED);
  }

  /** A store in a directory, which is made with the first write. */
  public static DirectoryStore open(Path root) {
    return open(root, InstantSource.system());
  }

  static DirectoryStore open(Path root, InstantSource clock) {
    DirectoryStore store = new DirectoryStore(root.toAbsolutePath().normalize());
    store.deleteAbandoned(clock);
    return store;
  }

  @Override
  public void write(String path, Path source) throws IOException {
    Path target = resolve(path);
    if (!isLinked(source, target)) {
      Path copy = newUnfinished();
      try {
        Files.copy(source, copy);
        force(copy, StandardOpenOption.WRITE);
        inDirectoryOf(target, () -> rename(copy, target));
      } finally {
        Files.deleteIfExists(copy);
      }
    }
    force(parent(target), StandardOpenOption.READ);
  }

  /** Links a file that never changes; false if that does not work here. */
  private boolean isLinked(Path source, Path target) throws IOException {
    if (Files.isSymbolicLink(source)) {
      return false;
    }
    force(source, StandardOpenOption.READ);
    makeDirectory(parent(target));
    try {
      Files.createLink(target, source);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      LOG.trace("Copying {} to {}", source, target, e);
      return false;
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException(
          "The file system of " + to + " has no atomic renames. Use another directory.", e);
    }
  }

  @Override
  public boolean createIfAbsent(String path, byte[] content) throws IOException {
    Path target = resolve(path);
    boolean created = !Files.exists(target);
    if (created) {
      Path complete = newUnfinished();
      try {
        Files.write(complete, content, StandardOpenOption.CREATE_NEW);
        force(complete, StandardOpenOption.WRITE);
        inDirectoryOf(target, () -> Files.createLink(target, complete));
      } catch (FileAlreadyExistsException e) {
        // An NFS client that repeats a request may find the link that it made itself.
        created = Files.exists(target) && Files.isSameFile(target, complete);
      } catch (UnsupportedOperationException e) {
        throw new IOException(
            "The file system of " + root + " has no hard links. Use another directory.", e);
      } finally {
        Files.deleteIfExists(complete);
      }
    }
    // Also for another's: what somebody has seen must not vanish with the power.
    force(parent(target), StandardOpenOption.READ);
    return created;
  }

  @Override
  public byte[] read(String path) throws IOException {
    return Files.readAllBytes(resolve(path));
  }

  @Override
  public void download(String path, Path target) throws IOException {
    Path object = resolve(path);
    Files.deleteIfExists(target);
    try {
      Files.createLink(target, object);
    } catch (IOException | UnsupportedOperationException e) {
      LOG.trace("Copying {} to {}", object, target, e);
      Files.copy(object, target);
    }
  }

  @Override
  public OptionalLong length(String path) throws IOException {
    try {
      return OptionalLong.of(Files.size(resolve(path)));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public List<StoredObject> list(String prefix) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    Path start = root.resolve(ObjectPath.checkPrefix(prefix));
    if (Files.exists(start)) {
      Files.walkFileTree(start, new Lister(found));
    }
    return found;
  }

  @Override
  public void delete(String path) throws IOException {
    Path target = resolve(path);
    if (Files.deleteIfExists(target)) {
      try {
        force(parent(target), StandardOpenOption.READ);
        deleteEmpty(parent(target));
      } catch (NoSuchFileException | DirectoryNotEmptyException e) {
        LOG.trace("Somebody else has deleted or filled the directory of {}", target, e);
      }
    }
  }

  /** Directories are no objects: one that is empty goes, and is made again when it is needed. */
  private void deleteEmpty(Path directory) throws IOException {
    for (Path empty = directory; !empty.equals(root); empty = parent(empty)) {
      Files.delete(empty);
    }
  }

  private Path resolve(String path) {
    return root.resolve(ObjectPath.check(path));
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " is in no directory");
    }
    return parent;
  }

  private Path newUnfinished() throws IOException {
    makeDirectory(unfinished);
    return unfinished.resolve(UUID.randomUUID().toString());
  }

  /** Something that needs a directory. */
  private interface Step {
    void run() throws IOException;
  }

  /** Makes the directory of a path; again, if somebody has deleted it meanwhile as empty. */
  private static void inDirectoryOf(Path target, Step step) throws IOException {
    for (int i = 0; ; i++) {
      makeDirectory(parent(target));
      try {
        step.run();
        return;
      } catch (NoSuchFileException e) {
        if (i == MAX_RACES) {
          throw e;
        }
      }
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = parent(directory);
    for (int i = 0; ; i++) {
      makeDirectory(parent);
      try {
        Files.createDirectory(directory);
        force(parent, StandardOpenOption.READ);
        return;
      } catch (FileAlreadyExistsException e) {
        if (Files.isDirectory(directory)) {
          return;
        }
        if (Files.exists(directory) || i == MAX_RACES) {
          throw e;
        }
      } catch (NoSuchFileException e) {
        if (i == MAX_RACES) {
          throw e;
        }
      }
    }
  }

  private static void force(Path path, StandardOpenOption access) throws IOException {
    try (FileChannel channel = FileChannel.open(path, access)) {
      channel.force(true);
    }
  }

  private void deleteAbandoned(InstantSource clock) {
    FileTime limit = FileTime.from(clock.instant().minus(ABANDONED));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(unfinished)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(limit) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      LOG.trace("Nothing unfinished in {}", root, e);
    } catch (IOException e) {
      LOG.warn("Could not delete what was left unfinished in {}", unfinished, e);
    }
  }

  @Override
  public String toString() {
    return root.toString();
  }

  /** Lists files that are objects; what vanishes on the way was deleted. */
  private final class Lister extends SimpleFileVisitor<Path> {

    private final List<StoredObject> found;

    Lister(List<StoredObject> found) {
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return directory.equals(unfinished) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String separator = root.getFileSystem().getSeparator();
      String path = root.relativize(file).toString().replace(separator, "/");
      if (attributes.isRegularFile() && ObjectPath.isPath(path)) {
        found.add(new StoredObject(path, attributes.size()));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
      if (e != null && !(e instanceof NoSuchFileException)) {
        throw e;
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
