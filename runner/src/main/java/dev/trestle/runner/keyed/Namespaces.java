package dev.trestle.runner.keyed;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces.GlobalNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Namespaces as tables see them: the window, in the form in which its coder compares, which is the
 * window itself for Beam's own. The trigger's index, where there is one, is not part of it: it
 * counts as a part of the cell's name, so that a window is dropped as a whole.
 */
final class Namespaces {

  /** The index of no trigger. */
  static final int NO_TRIGGER = -1;

  /** The namespace of what belongs to no window. */
  private enum Global {
    INSTANCE
  }

  private Namespaces() {}

  static Object of(StateNamespace namespace) {
    if (namespace instanceof WindowNamespace<?> window) {
      return ofWindow(window.getWindowCoder(), window.getWindow());
    }
    if (namespace instanceof WindowAndTriggerNamespace<?> trigger) {
      return ofWindow(trigger.getWindowCoder(), trigger.getWindow());
    }
    return namespace instanceof GlobalNamespace ? Global.INSTANCE : namespace;
  }

  @SuppressWarnings("unchecked") // a window fits the coder that it came with
  static Object ofWindow(Coder<? extends BoundedWindow> coder, BoundedWindow window) {
    return ((Coder<BoundedWindow>) coder).structuralValue(window);
  }

  static int triggerOf(StateNamespace namespace) {
    return namespace instanceof WindowAndTriggerNamespace<?> trigger
        ? trigger.getTriggerIndex()
        : NO_TRIGGER;
  }
}
