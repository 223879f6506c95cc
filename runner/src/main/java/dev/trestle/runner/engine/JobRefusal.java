package dev.trestle.runner.engine;

/** A job cannot do what it was asked for; the message says why, and what would help. */
public final class JobRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public JobRefusal(String message) {
    super(message);
  }
}
