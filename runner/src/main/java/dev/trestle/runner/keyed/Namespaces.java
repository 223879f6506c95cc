package dev.trestle.runner.keyed;

import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces.GlobalNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

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

  /** A window whose coder compares it by something else than the window. */
  private record Structured(Object structure, BoundedWindow window) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Structured that && structure.equals(that.structure);
    }

    @Override
    public int hashCode() {
      return structure.hashCode();
    }
  }

  private Namespaces() {}

  /** What belongs to no window. */
  static Object global() {
    return Global.INSTANCE;
  }

  /** The window of a namespace, or null. */
  static @Nullable BoundedWindow windowOf(Object namespace) {
    if (namespace instanceof Structured structured) {
      return structured.window;
    }
    if (namespace instanceof BoundedWindow window) {
      return window;
    }
    if (namespace != Global.INSTANCE) {
      throw new IllegalArgumentException("A namespace of an unknown kind: " + namespace);
    }
    return null;
  }

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
    Object structure = ((Coder<BoundedWindow>) coder).structuralValue(window);
    return structure instanceof BoundedWindow ? structure : new Structured(structure, window);
  }

  static int triggerOf(StateNamespace namespace) {
    return namespace instanceof WindowAndTriggerNamespace<?> trigger
        ? trigger.getTriggerIndex()
        : NO_TRIGGER;
  }
}
