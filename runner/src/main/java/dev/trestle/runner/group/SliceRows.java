package dev.trestle.runner.group;

import java.util.BitSet;

/** What is known of the rows of one set of windows, whose aggregates had no room in memory. */
final class SliceRows {

  /** Flat form of the windows. */
  final Object windows;

  /** What the rows' keys begin with. */
  final byte[] prefix;

  /** Those that have rows. */
  final BitSet keyGroups = new BitSet();

  /** Least timestamp in the rows that holds the watermark; {@code Long.MAX_VALUE} for none. */
  long earliest = Long.MAX_VALUE;

  /** How many of the windows still need the rows. */
  int holders;

  SliceRows(Object windows, byte[] prefix) {
    this.windows = windows;
    this.prefix = prefix;
  }

  /** Says that a window, which has not expired, is made of these rows too. */
  void addHolder(OpenWindow window) {
    window.rows.add(this);
    holders++;
  }
}
