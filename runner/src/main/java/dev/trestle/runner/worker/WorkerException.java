package dev.trestle.runner.worker;

/**
 * A worker could not be started, has died, or says that user code has failed; the message is for
 * the user and has the worker's own words.
 */
public final class WorkerException extends Exception {

  private static final long serialVersionUID = 1;

  public WorkerException(String message) {
    super(message);
  }

  public WorkerException(String message, Throwable cause) {
    super(message, cause);
  }
}
