package dev.trestle.state.rocks;

import java.nio.file.Path;

/** RocksDB, or the file system below it, refused an operation. */
public final class RocksStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RocksStateException(String operation, Path directory, Throwable cause) {
    super(
        "Could not " + operation + " the state in " + directory + ": " + cause.getMessage(), cause);
  }
}
