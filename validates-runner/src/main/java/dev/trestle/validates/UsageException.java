package dev.trestle.validates;

/** The command line, or a list of expected failures, is wrong; the message says what. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
