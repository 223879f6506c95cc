package dev.trestle.runner.group;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** A window that has not expired, and what is known of it across all keys. */
final class OpenWindow {

  final BoundedWindow window;

  /** The window's maximum timestamp, in milliseconds. */
  final long end;

  /** When the window is forgotten, in milliseconds. */
  final long expiry;

  /** Slices whose aggregates belong to this window and have not been taken. */
  final Deque<WindowSlice> slices = new ArrayDeque<>(2);

  /** Least timestamp that holds the watermark for this window; {@code Long.MAX_VALUE} for none. */
  long earliest = Long.MAX_VALUE;

  /** The window's aggregates; null until its end has come. */
  @Nullable KeyTable table;

  /** How many keys of the first slice, or of a firing under way, are done. */
  int cursor;

  private int[] firings = new int[0];
  private boolean[] filled = new boolean[0];

  OpenWindow(BoundedWindow window, long expiry) {
    this.window = window;
    end = window.maxTimestamp().getMillis();
    this.expiry = expiry;
  }

  /** Prepares for the first firing: all keys there are have elements. */
  void startFiring(KeyTable complete) {
    table = complete;
    cursor = 0;
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

  private void reach(int number) {
    if (number >= firings.length) {
      int capacity = Math.max(2 * firings.length, number + 16);
      firings = Arrays.copyOf(firings, capacity);
      filled = Arrays.copyOf(filled, capacity);
    }
  }
}
