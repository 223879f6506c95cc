package dev.trestle.state.checkpoint;

import java.io.IOException;

/**
 * A whole object in a format of a newer Trestle. Nothing falls back because of it: an older
 * checkpoint would undo what that Trestle has done.
 */
public final class UnknownFormatException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param object path of the object
   * @param found its format version
   * @param known the newest format version that this Trestle reads
   */
  public UnknownFormatException(String object, int found, int known) {
    super(
        object
            + " has format version "
            + found
            + ", and this Trestle reads up to version "
            + known
            + ". A newer Trestle wrote it: use that one.");
  }
}
