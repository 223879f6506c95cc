package dev.trestle.runner.group;

import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** The active windows of one key, in no order. Mostly one or two. */
final class ActiveWindows {

  private @Nullable ActiveWindow[] windows = new @Nullable ActiveWindow[1];
  private int size;

  int size() {
    return size;
  }

  ActiveWindow get(int index) {
    ActiveWindow window = windows[index];
    if (window == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return window;
  }

  ActiveWindow add(ActiveWindow window) {
    if (size == windows.length) {
      windows = Arrays.copyOf(windows, 2 * size);
    }
    windows[size++] = window;
    return window;
  }

  /** Removes a window; another takes its place. */
  void remove(int index) {
    windows[index] = windows[--size];
    windows[size] = null;
  }

  /** Removes those that were merged into others. */
  void removeMerged() {
    for (int i = size - 1; i >= 0; i--) {
      if (get(i).mergedInto != null) {
        remove(i);
      }
    }
  }

  @Nullable ActiveWindow find(BoundedWindow window) {
    for (int i = 0; i < size; i++) {
      ActiveWindow known = get(i);
      if (known.window().equals(window)) {
        return known;
      }
    }
    return null;
  }
}
