package dev.trestle.state.checkpoint;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names one attempt at a checkpoint. An epoch uses an id once, so no two attempts share a
 * directory, and no object in it is ever written a second time.
 */
record CheckpointRef(long id, long epoch, Kind kind) {

  static final String CHECKPOINTS = "checkpoints/";
  static final String SAVEPOINTS = "savepoints/";
  static final String MANIFEST = "manifest";

  /** What an attempt writes, see {@link Upload}. */
  private static final Pattern OBJECT =
      Pattern.compile(
          "(?:checkpoints|savepoints)/[0-9]{12,}-([0-9]{12,})/(?:manifest|[0-9]+-[0-9]+-[^/]+)");

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
   * The epoch in the path of an object, relative to the job; the highest there is if it is none
   * that an attempt writes, so that nobody takes it for old.
   */
  static long epochOf(String path) {
    Matcher object = OBJECT.matcher(path);
    try {
      return object.matches() ? Long.parseLong(object.group(1)) : Long.MAX_VALUE;
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
