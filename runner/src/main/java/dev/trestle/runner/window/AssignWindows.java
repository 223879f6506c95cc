package dev.trestle.runner.window;

import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Step;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;

/** Makes the operator for a window fn. */
public final class AssignWindows {

  private AssignWindows() {}

  /** An operator that replaces every element's windows. */
  @SuppressWarnings("unchecked") // a window fn is applied to elements that it admits
  public static Operator create(Step.AssignWindows step, Receiver output) {
    WindowFn<?, ?> windowFn = step.windowFn();
    if (windowFn instanceof FixedWindows fixed) {
      return new AssignFixedWindows(fixed, output);
    }
    if (windowFn instanceof SlidingWindows sliding) {
      return new AssignSlidingWindows(sliding, output);
    }
    if (windowFn instanceof GlobalWindows) {
      return new AssignGlobalWindow(output);
    }
    return new AssignAnyWindows(
        (WindowFn<Object, BoundedWindow>) windowFn, step.transform(), output);
  }
}
