package dev.trestle.runner.assembly;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.DirectoryStore;
import java.io.IOException;
import java.nio.file.Path;

/** Opens what {@code --checkpointDir} names. */
final class CheckpointPlaces {

  private CheckpointPlaces() {}

  /**
   * Opens the place.
   *
   * @throws IllegalArgumentException if checkpoints cannot be kept there
   * @throws IOException if it cannot be made or written
   */
  static CheckpointStore open(TrestlePipelineOptions options) throws IOException {
    String place = String.valueOf(options.getCheckpointDir());
    int scheme = place.indexOf("://");
    if (scheme < 0) {
      return DirectoryStore.open(Path.of(place));
    }
    if (place.startsWith("file://")) {
      return DirectoryStore.open(Path.of(place.substring("file://".length())));
    }
    throw new IllegalArgumentException(
        "--checkpointDir="
            + place
            + ": checkpoints go to a directory so far; mount one, or leave the option out");
  }
}
