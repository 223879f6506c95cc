package dev.trestle.state.spill;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Temporary files cannot be made, written or read. The message names the file or directory. */
public final class SpillException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  SpillException(String message, IOException cause) {
    super(message, cause);
  }
}
