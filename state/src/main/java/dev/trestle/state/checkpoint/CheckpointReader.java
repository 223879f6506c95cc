package dev.trestle.state.checkpoint;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads manifests and looks at what they name. Thread safe, as the store is. */
final class CheckpointReader {

  private final CheckpointStore store;

  CheckpointReader(CheckpointStore store) {
    this.store = store;
  }

  /**
   * Reads a manifest.
   *
   * @param directory its directory in the store, empty for the store itself
   * @throws CorruptCheckpointException if it is missing or altered
   * @throws UnknownFormatException if a newer Trestle wrote it
   */
  CheckpointManifest read(String directory) throws IOException {
    String object =
        directory.isEmpty() ? CheckpointRef.MANIFEST : directory + "/" + CheckpointRef.MANIFEST;
    try {
      return ManifestFormat.decode(object, store.read(object));
    } catch (NoSuchFileException e) {
      throw new CorruptCheckpointException(object, "missing");
    }
  }

  /**
   * Makes sure that all objects are there with their lengths.
   *
   * @param listed a listing that may be old; what it does not confirm is looked up
   * @throws CorruptCheckpointException naming the first that is not
   */
  void verify(String directory, CheckpointManifest manifest, List<StoredObject> listed)
      throws IOException {
    Map<String, Long> lengths = new HashMap<>();
    listed.forEach(object -> lengths.put(object.path(), object.length()));
    for (CheckpointManifest.Task task : manifest.tasks()) {
      for (CheckpointManifest.File file : task.files()) {
        String object = file.objectIn(directory);
        Long length = lengths.get(object);
        if (length == null || length != file.length()) {
          requireLength(object, file.length());
        }
      }
    }
  }

  private void requireLength(String object, long expected) throws IOException {
    OptionalLong found = store.length(object);
    if (found.isEmpty()) {
      throw new CorruptCheckpointException(object, "missing");
    }
    if (found.getAsLong() != expected) {
      throw new CorruptCheckpointException(
          object, "has " + found.getAsLong() + " bytes instead of " + expected);
    }
  }
}
