package dev.trestle.state.checkpoint;

import java.io.IOException;

/** An object of a checkpoint is missing, cut off or altered. Reading it again will not help. */
public final class CorruptCheckpointException extends IOException {

  private static final long serialVersionUID = 1;

  private final String object;

  /**
   * @param object path of the object
   * @param what what is wrong with it
   */
  public CorruptCheckpointException(String object, String what) {
    super(object + ": " + what);
    this.object = object;
  }

  /** Path of the object. */
  public String object() {
    return object;
  }
}
