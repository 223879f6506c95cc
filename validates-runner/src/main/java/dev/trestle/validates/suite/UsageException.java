package dev.trestle.validates.suite;

/** The command line, or a list of expected failures, is wrong; the message says what. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}
