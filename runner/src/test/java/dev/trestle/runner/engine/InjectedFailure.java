package dev.trestle.runner.engine;

/** A DoFn fails because the simulation wants it to. */
final class InjectedFailure extends RuntimeException {

  InjectedFailure() {
    super("meant to fail");
  }

  static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InjectedFailure) {
        return true;
      }
    }
    return false;
  }
}
