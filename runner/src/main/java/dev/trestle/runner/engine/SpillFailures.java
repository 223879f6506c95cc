package dev.trestle.runner.engine;

import dev.trestle.state.rocks.RocksStateException;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.spill.SpillException;
import java.io.IOException;

/** Tells the user where temporary files are, when it is by them that a job has failed. */
final class SpillFailures {

  private SpillFailures() {}

  /** A failure as it is, or, if temporary files are the reason, with the place and the remedy. */
  static Throwable explained(Throwable failure, SpillDirectory spill) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SpillException || cause instanceof RocksStateException) {
        return of(cause, failure, spill);
      }
    }
    return failure;
  }

  /**
   * The failure of whatever needs temporary files.
   *
   * @param reason what of it the message has to say
   */
  static IOException of(Throwable reason, Throwable failure, SpillDirectory spill) {
    return new IOException(
        String.format(
            "Temporary files in %s cannot be used: %s. See that there is room and that nobody"
                + " deletes them, or name another directory with -Djava.io.tmpdir=DIRECTORY",
            spill.parent(), reason.getMessage()),
        failure);
  }
}
