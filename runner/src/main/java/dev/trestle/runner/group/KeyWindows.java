package dev.trestle.runner.group;

import dev.trestle.state.NodeTable;

/** A key and its active windows. */
final class KeyWindows extends NodeTable.Node {

  /** A time that does not come. */
  static final long NEVER = Long.MAX_VALUE;

  final ActiveWindows windows = new ActiveWindows();

  /** When to look at the windows again, in milliseconds. */
  long nextLook = NEVER;

  KeyWindows(Object key) {
    super(key);
  }

  /** When the last of the windows ends, in milliseconds: what came last was not much before. */
  long lastEnd() {
    long last = Long.MIN_VALUE;
    for (int i = 0; i < windows.size(); i++) {
      last = Math.max(last, windows.get(i).end);
    }
    return last;
  }

  /** Least end of a window that holds the watermark, in milliseconds; {@link #NEVER} for none. */
  long hold() {
    long hold = NEVER;
    for (int i = 0; i < windows.size(); i++) {
      ActiveWindow window = windows.get(i);
      if (window.held) {
        hold = Math.min(hold, window.end);
      }
    }
    return hold;
  }
}
