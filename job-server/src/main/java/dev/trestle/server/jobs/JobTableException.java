package dev.trestle.server.jobs;

import org.rocksdb.RocksDBException;

/** The job table cannot be read or written. */
public final class JobTableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  JobTableException(String message) {
    super(message);
  }

  JobTableException(String message, Throwable cause) {
    super(message, cause);
  }

  JobTableException(RocksDBException cause) {
    super("The job table cannot be read or written: " + cause.getMessage(), cause);
  }
}
