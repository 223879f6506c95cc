package dev.trestle.runner.group;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** Windows that have ended and not expired, and got elements. */
final class EndedWindows {

  private final SliceStore store;
  private final GroupingRules rules;
  private final Map<BoundedWindow, OpenWindow> windows = new HashMap<>();
  private final PriorityQueue<OpenWindow> byExpiry =
      new PriorityQueue<>(Comparator.comparingLong(window -> window.expiry));

  /**
   * No windows.
   *
   * @param store makes their tables
   */
  EndedWindows(SliceStore store, GroupingRules rules) {
    this.store = store;
    this.rules = rules;
  }

  /** A window; made where there is none. */
  OpenWindow window(BoundedWindow window) {
    OpenWindow known = windows.get(window);
    if (known == null) {
      known = new OpenWindow(window, rules.expiry(window));
      known.table = store.newTable();
      known.ended = true;
      add(known);
    }
    return known;
  }

  /** Adds a window, which has a table. */
  void add(OpenWindow window) {
    windows.put(window.window, window);
    byExpiry.add(window);
  }

  /** The window that expires first, or null. */
  @Nullable OpenWindow first() {
    return byExpiry.peek();
  }

  /** Forgets the window that expires first. */
  void removeFirst() {
    OpenWindow first = byExpiry.remove();
    windows.remove(first.window);
  }

  Collection<OpenWindow> all() {
    return windows.values();
  }
}
