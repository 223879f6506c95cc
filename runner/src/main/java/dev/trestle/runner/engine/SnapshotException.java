package dev.trestle.runner.engine;

import java.io.IOException;

/** A task could not write its snapshot: the checkpoint has failed before anything was stored. */
final class SnapshotException extends IOException {
  private static final long serialVersionUID = 1L;

  SnapshotException(Exception cause) {
    super("A task could not write its snapshot: " + cause.getMessage(), cause);
  }
}
