package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;

/**
 * Names one attempt at a checkpoint. An epoch uses an id once, so no two attempts share a
 * directory, and no object in it is ever written a second time.
 */
record CheckpointRef(long id, long epoch, Kind kind) {

  static final String CHECKPOINTS = "checkpoints/";
  static final String SAVEPOINTS = "savepoints/";
  static final String MANIFEST = "manifest";

  static String parent(Kind kind) {
    return kind == Kind.CHECKPOINT ? CHECKPOINTS : SAVEPOINTS;
  }

  /** The directory's own name. */
  String name() {
    return String.format("%012d-%012d", id, epoch);
  }

  /** The directory, relative to the job's. */
  String directory() {
    return parent(kind) + name();
  }

  String manifest() {
    return directory() + "/" + MANIFEST;
  }

  /**
   * The epoch in the path of an object, relative to the job; the highest there is if it does not
   * say, so that nobody takes it for old.
   */
  static long epochOf(String path) {
    int start = path.indexOf('/') + 1;
    int end = path.indexOf('/', start);
    int dash = path.indexOf('-', start);
    if (end < 0 || dash < 0 || dash > end) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(path, dash + 1, end, 10);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
