package dev.trestle.runner.assembly;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStores;
import java.io.IOException;
import java.nio.file.Path;

/** Opens what {@code --checkpointDir} names. */
final class CheckpointPlaces {

  private CheckpointPlaces() {}

  /**
   * Opens the place: a store of Trestle's if there is one for its scheme; otherwise, with the
   * user's consent, a file system of Beam's.
   *
   * @throws IllegalArgumentException if checkpoints cannot be kept there
   * @throws IOException if it cannot be made or written
   */
  static CheckpointStore open(TrestlePipelineOptions options) throws IOException {
    String place = String.valueOf(options.getCheckpointDir());
    CheckpointStores stores = CheckpointStores.load();
    if (stores.canOpen(place)) {
      refuseIf(
          options.getCheckpointWithoutFencing(),
          "--checkpointWithoutFencing has no effect: " + place + " has a store that fences");
      return stores.open(place);
    }
    refuseIf(!BeamFileSystemStore.canOpen(place), "--checkpointDir=" + stores.unknown(place));
    refuseIf(
        !options.getCheckpointWithoutFencing(),
        "--checkpointDir="
            + stores.unknown(place)
            + ". Beam has a file system for it, but no write that fails if the file is there, and"
            + " so two processes with this --jobName could run at once without noticing, and lose"
            + " or repeat results. If you see to it that there is only one, say"
            + " --checkpointWithoutFencing");
    return BeamFileSystemStore.open(place);
  }

  /**
   * Opens a place that nobody is going to write to, for which no consent is needed.
   *
   * @throws IllegalArgumentException if there is nothing that could read it
   * @throws IOException if it cannot be read
   */
  static CheckpointStore openToRead(String place) throws IOException {
    CheckpointStores stores = CheckpointStores.load();
    if (stores.canOpen(place)) {
      return stores.open(place);
    }
    refuseIf(!BeamFileSystemStore.canOpen(place), stores.unknown(place));
    return BeamFileSystemStore.open(place);
  }

  /** A place as it may be named from anywhere: a directory by its absolute path. */
  static String absolute(String place) {
    String bare = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
    return bare.contains("://") ? bare : Path.of(bare).toAbsolutePath().normalize().toString();
  }

  private static void refuseIf(boolean condition, String why) {
    if (condition) {
      throw new IllegalArgumentException(why);
    }
  }
}
