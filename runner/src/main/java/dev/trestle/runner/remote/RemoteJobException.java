package dev.trestle.runner.remote;

/**
 * A job has failed at its server; the message is what it has said last, with the user's exception.
 */
public final class RemoteJobException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RemoteJobException(String message) {
    super(message);
  }
}
