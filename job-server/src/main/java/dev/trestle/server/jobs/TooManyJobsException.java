package dev.trestle.server.jobs;

/** So many jobs run that no other may. */
public final class TooManyJobsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooManyJobsException(int most) {
    super(
        "The server runs "
            + most
            + " jobs, and is not to run more at once (--max-jobs); try again when one has ended");
  }
}
