package dev.trestle.runner.harness;

/** A bundle has failed at its worker, or what the worker says makes no sense. */
public final class HarnessException extends RuntimeException {

  private static final long serialVersionUID = 1;

  HarnessException(String transform, String trouble) {
    super(transform + ": " + trouble);
  }

  HarnessException(String transform, String trouble, Throwable cause) {
    super(transform + ": " + trouble, cause);
  }

  HarnessException(String transform, Throwable cause) {
    super(transform + ": " + cause.getMessage(), cause);
  }
}
