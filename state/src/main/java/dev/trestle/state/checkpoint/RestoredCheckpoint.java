package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.Transfers.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A checkpoint to restore from, whose objects were all there with their lengths when it was chosen.
 * It stays until its job has committed as many checkpoints as are retained.
 *
 * <p>Thread safe: files may be fetched by many threads.
 */
public final class RestoredCheckpoint {

  private final CheckpointStore store;
  private final String directory;
  private final CheckpointManifest manifest;
  private final Consumer<String> corrupt;

  /**
   * @param directory the manifest's, in the store
   * @param corrupt is told the path of each object that turns out to be corrupt
   */
  RestoredCheckpoint(
      CheckpointStore store,
      String directory,
      CheckpointManifest manifest,
      Consumer<String> corrupt) {
    this.store = store;
    this.directory = directory;
    this.manifest = manifest;
    this.corrupt = corrupt;
  }

  public CheckpointManifest manifest() {
    return manifest;
  }

  /**
   * Downloads files, several at a time where the store likes that, and compares their checksums.
   *
   * @param targets local files, by those of the manifest; as in {@link #fetch}
   * @throws CorruptCheckpointException if an object is missing or not what was stored
   * @throws IOException if one could not be read or written; trying again may help
   */
  public void fetchAll(Map<CheckpointManifest.File, Path> targets) throws IOException {
    List<Transfer> transfers = new ArrayList<>();
    targets.forEach((file, to) -> transfers.add(() -> fetch(file, to)));
    Transfers.runAll(store.transfersAtATime(), transfers);
  }

  /**
   * Downloads a file and compares its checksum.
   *
   * @param file one of the manifest's
   * @param to the local file, replaced if it exists; not there if this throws
   * @throws CorruptCheckpointException if the object is missing or not what was stored
   * @throws IOException if it could not be read or written; trying again may help
   */
  public void fetch(CheckpointManifest.File file, Path to) throws IOException {
    String object = file.objectIn(directory);
    boolean done = false;
    try {
      store.download(object, to);
      Checksum found = Checksum.of(to);
      if (!found.equals(file.checksum())) {
        throw new CorruptCheckpointException(
            object, "has " + found + " instead of " + file.checksum());
      }
      done = true;
    } catch (NoSuchFileException e) {
      if (store.length(object).isPresent()) {
        throw e;
      }
      corrupt.accept(object);
      throw new CorruptCheckpointException(object, "missing");
    } catch (CorruptCheckpointException e) {
      corrupt.accept(object);
      throw e;
    } finally {
      if (!done) {
        Files.deleteIfExists(to);
      }
    }
  }

  @Override
  public String toString() {
    return directory;
  }
}
