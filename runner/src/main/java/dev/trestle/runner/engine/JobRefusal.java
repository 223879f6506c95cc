package dev.trestle.runner.engine;

/**
 * A job cannot do what it was asked for; the message says why, and what would help. There is no
 * stack trace: where it was noticed helps nobody, and jobs that have ended have one of these each.
 */
public final class JobRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public JobRefusal(String message) {
    super(message, null, false, false);
  }
}
