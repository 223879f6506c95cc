package dev.trestle.server.artifacts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files by their content: the same bytes are there once, whoever has brought them under whatever
 * name. A file comes into being whole, by a rename, and goes when nobody holds it any more.
 *
 * <p>Any thread may call. A file is looked for, held and deleted under the store's lock; it is
 * written and read without.
 */
public final class ArtifactStore {

  private static final Logger LOG = LoggerFactory.getLogger(ArtifactStore.class);

  /** So many digits of the hash name a directory, so that none has too many files. */
  private static final int PREFIX_DIGITS = 2;

  private final Path objects;
  private final Path incoming;
  private final long mostBytes;

  @GuardedBy("this")
  private final Map<Sha256, Integer> holders = new HashMap<>();

  private ArtifactStore(Path objects, Path incoming, long mostBytes) {
    this.objects = objects;
    this.incoming = incoming;
    this.mostBytes = mostBytes;
  }

  /**
   * Opens a store, and clears what a process that died was writing.
   *
   * @param mostBytes how large one file may be
   * @throws IOException if the directory cannot be made or read
   */
  public static ArtifactStore open(Path directory, long mostBytes) throws IOException {
    Path objects = Files.createDirectories(directory.resolve("objects"));
    Path incoming = Files.createDirectories(directory.resolve("incoming"));
    for (Path unfinished : list(incoming)) {
      Files.delete(unfinished);
    }
    return new ArtifactStore(objects, incoming, mostBytes);
  }

  /**
   * Holds a file, so that it stays, once more than before.
   *
   * @return whether it is there
   */
  public synchronized boolean hold(Sha256 hash) {
    if (!Files.isRegularFile(file(hash))) {
      return false;
    }
    holders.merge(hash, 1, Integer::sum);
    return true;
  }

  /** Lets go of files, each held once; those that nobody holds are deleted. */
  public synchronized void release(Collection<Sha256> hashes) {
    for (Sha256 hash : hashes) {
      if (holders.merge(hash, -1, Integer::sum) <= 0) {
        holders.remove(hash);
        delete(file(hash));
      }
    }
  }

  /**
   * Deletes files that nobody holds: those whose job did not come to be before a process died.
   *
   * @throws IOException if the directory cannot be read
   */
  public synchronized void deleteUnheld() throws IOException {
    for (Path prefix : list(objects)) {
      for (Path file : list(prefix)) {
        boolean held =
            Sha256.parse(String.valueOf(file.getFileName()))
                .map(holders::containsKey)
                .orElse(false);
        if (!held) {
          delete(file);
        }
      }
    }
  }

  /** Begins to take in a file. */
  ArtifactUpload begin() throws IOException {
    return new ArtifactUpload(this, Files.createTempFile(incoming, "artifact", ""), mostBytes);
  }

  /**
   * Makes a file that has been written whole one of the store's, and holds it.
   *
   * @throws IOException if it cannot be moved
   */
  synchronized void add(Sha256 hash, Path written) throws IOException {
    if (hold(hash)) {
      Files.delete(written);
      return;
    }
    Files.createDirectories(directory(hash));
    Files.move(written, file(hash));
    holders.merge(hash, 1, Integer::sum);
  }

  /**
   * Reads a file.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   * @throws IOException if it cannot be read
   */
  InputStream read(Sha256 hash) throws IOException {
    return Files.newInputStream(file(hash));
  }

  private Path file(Sha256 hash) {
    return directory(hash).resolve(hash.hex());
  }

  private Path directory(Sha256 hash) {
    return objects.resolve(hash.hex().substring(0, PREFIX_DIGITS));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} could not be deleted, and is tried again at the next start", file, e);
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
