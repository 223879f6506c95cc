package dev.trestle.runner.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A window that has not expired, and what is known of it across all keys. */
final class OpenWindow {

  final BoundedWindow window;

  final Instant maxTimestamp;

  /** The same, in milliseconds. */
  final long end;

  /** When the window is forgotten, in milliseconds. */
  final long expiry;

  /** Slices whose aggregates belong to this window and have not been taken. */
  final Deque<WindowSlice> slices = new ArrayDeque<>(2);

  /** Least timestamp that holds the watermark for this window; {@code Long.MAX_VALUE} for none. */
  long earliest = Long.MAX_VALUE;

  /** Whether all panes of its end have fired. */
  boolean ended;

  /** Rows of slices that this window, which has not expired, is made of. */
  final List<SliceRows> rows = new ArrayList<>(0);

  /** Key groups that have rows of what has happened since the end; null where there are none. */
  @Nullable BitSet endedKeyGroups;

  /** The firing under way, where it is one of rows. */
  @Nullable WindowScan scan;

  /** The window's aggregates; null until its end has come. */
  @Nullable KeyTable table;

  /** How many keys of the first slice, or of a firing under way, are done. */
  int cursor;

  private int[] firings = new int[0];
  private boolean[] filled = new boolean[0];

  OpenWindow(BoundedWindow window, long expiry) {
    this.window = window;
    maxTimestamp = window.maxTimestamp();
    end = maxTimestamp.getMillis();
    this.expiry = expiry;
  }

  /** Prepares for the first firing: all keys there are have elements. */
  void startFiring(KeyTable complete) {
    table = complete;
    cursor = 0;
  }

  /** Whether some of it is not in memory. */
  boolean hasRows() {
    return !rows.isEmpty() || endedKeyGroups != null;
  }

  /** How many panes of a key have fired. */
  int firings(int number) {
    return number < firings.length ? firings[number] : 0;
  }

  /** Notes that a pane of a key has fired, and is empty now. */
  void fired(int number, boolean counts) {
    reach(number);
    filled[number] = false;
    if (counts) {
      firings[number]++;
    }
  }

  /** Says how many panes of a key have fired; it is empty. */
  void restore(int number, int fired) {
    reach(number);
    firings[number] = fired;
  }

  /** Notes that a key got an element after the window's end. */
  void fill(int number) {
    reach(number);
    filled[number] = true;
  }

  /** Whether a key has got an element since the window's end that has not fired. */
  boolean isFilled(int number) {
    return number < filled.length && filled[number];
  }

  /** Says that a key group has rows of what has happened since the end. */
  void addEndedRows(int keyGroup) {
    if (endedKeyGroups == null) {
      endedKeyGroups = new BitSet();
    }
    endedKeyGroups.set(keyGroup);
  }

  /** The table of a window whose end has come. */
  KeyTable endedTable() {
    if (table == null) {
      throw new IllegalStateException("A window fires that has not ended: " + window);
    }
    return table;
  }

  /** Starts anew with an empty table, when what was in the other one has been written to rows. */
  void empty(KeyTable newTable) {
    table = newTable;
    firings = new int[0];
    filled = new boolean[0];
  }

  private void reach(int number) {
    if (number >= firings.length) {
      int capacity = Math.max(2 * firings.length, number + 16);
      firings = Arrays.copyOf(firings, capacity);
      filled = Arrays.copyOf(filled, capacity);
    }
  }
}
