package dev.trestle.runner.group;

import dev.trestle.translation.wire.OpaqueWindowFn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * Leaves it to the user's {@code WindowFn} which windows are merged: to a copy of it, or to one
 * that asks an SDK.
 */
final class FnMerging extends WindowMerging {

  private final WindowFn<Object, BoundedWindow> fn;

  private record Merge(Collection<BoundedWindow> merged, BoundedWindow result) {}

  @SuppressWarnings("unchecked") // the fn made the windows that it will be asked to merge
  FnMerging(WindowFn<?, ?> template, Reduction reduction, TimestampCombiner timestamps) {
    super(reduction, timestamps);
    fn =
        (WindowFn<Object, BoundedWindow>)
            (template instanceof OpaqueWindowFn ? template : SerializableUtils.clone(template));
  }

  @Override
  ActiveWindow join(ActiveWindows windows, BoundedWindow window) {
    ActiveWindow known = windows.find(window);
    if (known != null) {
      return known;
    }
    ActiveWindow added = windows.add(new ActiveWindow(window));
    merge(windows);
    return added.current();
  }

  /** Windows of equal elements that come one after the other are kept once, all others apart. */
  @Override
  ActiveWindow joinLoosely(ActiveWindows windows, BoundedWindow window) {
    if (windows.size() > 0) {
      ActiveWindow last = windows.get(windows.size() - 1);
      if (last.window().equals(window)) {
        return last;
      }
    }
    return windows.add(new ActiveWindow(window));
  }

  @Override
  void settle(ActiveWindows windows) {
    merge(windows);
  }

  private void merge(ActiveWindows windows) {
    Given given = new Given(windows.size());
    for (int i = 0; i < windows.size(); i++) {
      ActiveWindow equal = given.add(windows.get(i));
      if (equal != null) {
        absorb(equal, windows.get(i));
      }
    }
    if (given.windows.size() > 1) {
      for (Merge merge : wanted(given.windows)) {
        merge(merge, given, windows);
      }
    }
    windows.removeMerged();
  }

  private void merge(Merge merge, Given given, ActiveWindows windows) {
    ActiveWindow target = given.find(merge.result);
    if (target == null) {
      target = windows.add(new ActiveWindow(merge.result));
    }
    for (BoundedWindow window : merge.merged) {
      ActiveWindow merged = given.find(window);
      if (merged == null || merged.mergedInto != null) {
        throw new IllegalStateException(
            fn
                + " merges the window "
                + window
                + (merged == null ? ", which it was not given" : " more than once"));
      }
      if (merged != target) {
        absorb(target, merged);
      }
    }
  }

  /** Different windows, in the order in which the fn is given them. */
  private static final class Given {

    /** So many are sooner compared than hashed: a user's window may have a costly hash. */
    private static final int FEW = 8;

    final List<BoundedWindow> windows;
    private final List<ActiveWindow> active;

    /** Where there are many. */
    private final @Nullable Map<BoundedWindow, ActiveWindow> byWindow;

    private int next;

    Given(int most) {
      windows = new ArrayList<>(most);
      active = new ArrayList<>(most);
      byWindow = most <= FEW ? null : new HashMap<>(2 * most);
    }

    /** Adds a window; if an equal one is there already, returns that instead. */
    @Nullable ActiveWindow add(ActiveWindow window) {
      BoundedWindow key = window.window();
      ActiveWindow equal = byWindow == null ? equal(key) : byWindow.putIfAbsent(key, window);
      if (equal == null) {
        windows.add(key);
        active.add(window);
      }
      return equal;
    }

    /**
     * Finds one by a window that the fn has handed back: mostly the same object, a little after the
     * one before.
     */
    @SuppressWarnings("ReferenceEquality") // another object with the same value is found next
    @Nullable ActiveWindow find(BoundedWindow window) {
      for (int i = next; i < Math.min(next + FEW, windows.size()); i++) {
        if (windows.get(i) == window) {
          next = i + 1;
          return active.get(i);
        }
      }
      return byWindow == null ? equal(window) : byWindow.get(window);
    }

    private @Nullable ActiveWindow equal(BoundedWindow window) {
      int index = windows.indexOf(window);
      return index < 0 ? null : active.get(index);
    }
  }

  private List<Merge> wanted(Collection<BoundedWindow> windows) {
    List<Merge> merges = new ArrayList<>();
    Collection<BoundedWindow> given = Collections.unmodifiableCollection(windows);
    try {
      fn.mergeWindows(
          fn.new MergeContext() {
            @Override
            public Collection<BoundedWindow> windows() {
              return given;
            }

            @Override
            public void merge(Collection<BoundedWindow> merged, BoundedWindow result) {
              merges.add(new Merge(List.copyOf(merged), result));
            }
          });
    } catch (Exception e) {
      throw UserCodeException.wrap(e);
    }
    return merges;
  }
}
