package dev.trestle.state.spill;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory for temporary files that belongs to this process. Nothing is made on disk before the
 * first file is asked for.
 *
 * <p>A process that is killed leaves its directory behind; the next one that spills to the same
 * parent removes it. To tell the living from the dead, each directory holds a file that its process
 * keeps locked: the operating system drops the lock with the process. Who makes a directory looks,
 * once it has the lock, whether the file is still there, because a cleaner may have come in
 * between; a cleaner deletes only while it has the lock.
 *
 * <p>Thread safe: all methods lock the class, since the lock of a file belongs to the whole process
 * and would be lost if this process opened and closed the file a second time.
 */
public final class SpillDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SpillDirectory.class);

  private static final String PREFIX = "trestle-spill-";
  private static final String LOCK = "lock";

  /** Directories of this process, which its own cleaning must not touch. */
  private static final Set<Path> OWN = new HashSet<>();

  private final Path parent;
  private @Nullable Path directory;
  private @Nullable FileChannel lock;
  private long files;
  private boolean closed;

  private SpillDirectory(Path parent) {
    this.parent = parent;
  }

  /** A directory below {@code parent}, which is made if need be, but not before it is used. */
  public static SpillDirectory open(Path parent) {
    return new SpillDirectory(parent.toAbsolutePath().normalize());
  }

  /**
   * A path for a new file or directory; the caller creates it, and deletes it when done.
   *
   * @param purpose what for, as a part of the name
   * @throws SpillException if the directory cannot be made
   */
  public Path newFile(String purpose) {
    synchronized (SpillDirectory.class) {
      if (closed) {
        throw new IllegalStateException("The spill directory below " + parent + " is closed");
      }
      Path existing = directory;
      if (existing == null) {
        existing = make();
      }
      return existing.resolve(purpose + "-" + files++);
    }
  }

  /** Where this is, or will be once something is spilled. */
  public Path parent() {
    return parent;
  }

  /** Deletes everything. Paths handed out may no longer be used. */
  @Override
  public void close() {
    synchronized (SpillDirectory.class) {
      closed = true;
      Path existing = directory;
      FileChannel locked = lock;
      directory = null;
      lock = null;
      if (existing == null || locked == null) {
        return;
      }
      try (locked) {
        delete(existing);
      } catch (IOException e) {
        LOG.warn("Could not delete the spill directory {}", existing, e);
      }
      OWN.remove(existing);
    }
  }

  private Path make() {
    try {
      Files.createDirectories(parent);
      removeDead();
      while (true) {
        Path candidate =
            parent.resolve(PREFIX + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
        FileChannel taken = tryMake(candidate);
        if (taken != null) {
          OWN.add(candidate);
          lock = taken;
          directory = candidate;
          return candidate;
        }
      }
    } catch (IOException e) {
      throw new SpillException(
          "Cannot make a spill directory in "
              + parent
              + ": "
              + e.getMessage()
              + ". Name a directory that this process may write to.",
          e);
    }
  }

  /** Makes and locks a directory; null if a cleaner of another process came in between. */
  private static @Nullable FileChannel tryMake(Path candidate) throws IOException {
    Files.createDirectory(candidate);
    Path file = candidate.resolve(LOCK);
    FileChannel channel;
    try {
      channel = openLock(file);
    } catch (NoSuchFileException e) {
      return null;
    }
    FileLock taken = channel.tryLock();
    if (taken == null || !Files.exists(file)) {
      channel.close();
      return null;
    }
    return channel;
  }

  private static FileChannel openLock(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Removes directories whose process is gone. What cannot be removed is left alone. */
  private void removeDead() throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path other : found) {
        if (!OWN.contains(other)) {
          removeIfDead(other);
        }
      }
    }
  }

  private static void removeIfDead(Path other) {
    try (FileChannel channel = openLock(other.resolve(LOCK))) {
      if (channel.tryLock() != null) {
        delete(other);
        LOG.info("Removed {}, which a process that is gone left behind", other);
      }
    } catch (NoSuchFileException e) {
      LOG.debug("Somebody else removed {}", other);
    } catch (IOException | OverlappingFileLockException e) {
      LOG.debug("Left {} alone", other, e);
    }
  }

  /** Deletes a directory, its lock file last. */
  private static void delete(Path directory) throws IOException {
    try (DirectoryStream<Path> content = Files.newDirectoryStream(directory)) {
      for (Path file : content) {
        if (!file.endsWith(LOCK)) {
          deleteAll(file);
        }
      }
    }
    Files.deleteIfExists(directory.resolve(LOCK));
    Files.deleteIfExists(directory);
  }

  /** Deletes a file, or a directory that a user of this one has made, with what is in it. */
  private static void deleteAll(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> content = Files.newDirectoryStream(path)) {
        for (Path inside : content) {
          deleteAll(inside);
        }
      }
    }
    Files.deleteIfExists(path);
  }
}
