package dev.trestle.runner.group;

import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.Windows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates by set of windows and key, for windows that have not ended.
 *
 * <p>An element is added once, to the slice of its set of windows, however many windows that are;
 * when a window ends, the slices that it is in are merged. That is the slicing of <a
 * href="https://doi.org/10.1145/1055558.1055598">Li et al., No Pane, No Gain (2005)</a>, with the
 * slices taken from the window sets that the window fn assigns instead of from window parameters. A
 * slice of a single window becomes that window's table as it is, so that fixed windows pay nothing.
 */
final class SliceStore {

  private static final int KEYS_PER_CHECK = 256;

  private final Reduction reduction;
  private final GroupingRules rules;
  private final boolean times;
  private final long initialTime;
  private final KeyTable.Footprint footprint = new KeyTable.Footprint();
  private final Map<Object, WindowSlice> slices = new HashMap<>();
  private final Map<BoundedWindow, OpenWindow> windows = new HashMap<>();
  private final PriorityQueue<OpenWindow> byEnd =
      new PriorityQueue<>(Comparator.comparingLong(window -> window.end));

  SliceStore(Reduction reduction, GroupingRules rules) {
    this.reduction = reduction;
    this.rules = rules;
    times = !rules.timestamps().dependsOnlyOnWindow();
    initialTime = rules.timestamps() == TimestampCombiner.LATEST ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** The slice of a set of windows, none of which has ended; made where there is none. */
  WindowSlice slice(Object flatWindows) {
    WindowSlice known = slices.get(flatWindows);
    return known != null ? known : addSlice(flatWindows);
  }

  /** The slice, or null where there is none. */
  @Nullable WindowSlice find(Object flatWindows) {
    return slices.get(flatWindows);
  }

  private WindowSlice addSlice(Object flatWindows) {
    Collection<? extends BoundedWindow> all = Windows.all(flatWindows);
    // A set of windows that has no equality of its own would make a slice per element.
    Object key =
        flatWindows instanceof BoundedWindow || flatWindows instanceof List
            ? flatWindows
            : List.copyOf(all);
    WindowSlice known = slices.get(key);
    if (known != null) {
      return known;
    }
    List<OpenWindow> members = new ArrayList<>(all.size());
    for (BoundedWindow window : all) {
      OpenWindow open = window(window);
      if (!members.contains(open)) {
        members.add(open);
      }
    }
    WindowSlice slice =
        new WindowSlice(
            key, members.toArray(new OpenWindow[0]), new KeyTable(times, initialTime, footprint));
    slices.put(key, slice);
    return slice;
  }

  /** A window that has not ended; made where there is none. */
  OpenWindow window(BoundedWindow window) {
    OpenWindow open = windows.get(window);
    if (open == null) {
      open = new OpenWindow(window, rules.expiry(window));
      windows.put(window, open);
      byEnd.add(open);
    }
    return open;
  }

  /** An empty table for elements that come after the window's end. */
  KeyTable newTable() {
    return new KeyTable(times, initialTime, footprint);
  }

  /** The window that ends first, or null. */
  @Nullable OpenWindow first() {
    return byEnd.peek();
  }

  /** Forgets the window that ends first; it has fired. */
  void removeFirst() {
    OpenWindow first = byEnd.remove();
    first.ended = true;
    windows.remove(first.window);
  }

  /** All windows, in no order. */
  Iterable<OpenWindow> windows() {
    return byEnd;
  }

  Collection<WindowSlice> slices() {
    return slices.values();
  }

  boolean isEmpty() {
    return byEnd.isEmpty();
  }

  /** About how many bytes all tables and their aggregates take. */
  long bytes() {
    return footprint.bytes() + reduction.bytes(footprint.keys());
  }

  /** About how many bytes a copy of a slice would take. */
  long bytes(WindowSlice slice) {
    long keys = slice.table.size();
    long all = footprint.keys();
    return keys == 0 ? 0 : slice.table.bytes() + keys * (reduction.bytes(all) / all);
  }

  /** Says that a table of this store is not used any more. */
  void drop(KeyTable table) {
    for (int i = 0; i < table.size(); i++) {
      reduction.release(table.aggregate(i));
    }
    table.drop();
  }

  /** Empties a slice, which goes on collecting. */
  void empty(WindowSlice slice) {
    drop(slice.table);
    slice.table = newTable();
  }

  /** Drops everything. */
  void clear() {
    slices.clear();
    windows.clear();
    byEnd.clear();
    footprint.reset();
    reduction.forget();
  }

  /**
   * Makes a window's table of its slices.
   *
   * @return whether it is complete; false when the share was used up first
   */
  boolean assemble(OpenWindow window, Slice share) {
    if (window.table == null) {
      WindowSlice only = window.slices.peek();
      if (only != null && window.slices.size() == 1 && only.pending == 1) {
        release(window, only);
        window.startFiring(only.table);
        return true;
      }
      window.table = newTable();
    }
    for (WindowSlice slice = window.slices.peek(); slice != null; slice = window.slices.peek()) {
      while (window.cursor < slice.table.size()) {
        int until = Math.min(slice.table.size(), window.cursor + KEYS_PER_CHECK);
        merge(slice, window.cursor, until, window.table);
        share.spend(until - window.cursor);
        window.cursor = until;
        if (share.isUsedUp()) {
          return false;
        }
      }
      release(window, slice);
      if (slice.pending == 0) {
        slice.table.drop();
      }
    }
    window.startFiring(window.table);
    return true;
  }

  private void merge(WindowSlice slice, int from, int until, KeyTable target) {
    KeyTable source = slice.table;
    boolean last = slice.pending == 1;
    for (int i = from; i < until; i++) {
      int number = target.numberOfKept(source.key(i), source.hash(i));
      Object present = target.aggregate(number);
      Object more = source.aggregate(i);
      if (present != Reduction.ABSENT) {
        target.setAggregate(number, reduction.merge(present, more, !last));
      } else {
        target.setAggregate(number, last ? more : reduction.own(more));
      }
      if (times) {
        target.setTime(number, earlierOrLater(target.time(number), source.time(i)));
      }
    }
  }

  private long earlierOrLater(long one, long other) {
    return initialTime == Long.MAX_VALUE ? Math.min(one, other) : Math.max(one, other);
  }

  /** Says that a window has taken a slice's aggregates. */
  void release(OpenWindow window, WindowSlice slice) {
    window.slices.remove(slice);
    window.cursor = 0;
    if (--slice.pending == 0) {
      slices.remove(slice.windows);
    }
  }
}
