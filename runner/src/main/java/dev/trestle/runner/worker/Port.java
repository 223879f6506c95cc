package dev.trestle.runner.worker;

/**
 * Through which elements or timers of a bundle go one way.
 *
 * @param transform id of the transform in the descriptor
 * @param timerFamily whose timers; empty for elements
 */
record Port(String transform, String timerFamily) {

  static Port ofElements(String transform) {
    return new Port(transform, "");
  }

  boolean isOfTimers() {
    return !timerFamily.isEmpty();
  }

  @Override
  public String toString() {
    return isOfTimers() ? "timer family " + timerFamily + " of " + transform : transform;
  }
}
