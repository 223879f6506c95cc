package dev.trestle.runner.group;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Steps through the keys that a window has in rows, and brings together what each of them has: one
 * cursor for each slice, and one for what has happened since the window's end, are merged by key.
 * May stop between any two keys and go on later.
 */
final class WindowScan {

  private static final byte[] ALL = {};

  private final WindowRows rows;
  private final OpenWindow window;
  private final BitSet keyGroups;
  private final byte[] encodedKey;
  private final PriorityQueue<RowCursor> cursors = new PriorityQueue<>();

  /** That of what has happened since the window's end. */
  private @Nullable RowCursor ended;

  private int nextKeyGroup;
  private @Nullable Object key;
  private @Nullable Object aggregate = Reduction.ABSENT;
  private long time;
  private int firings;

  private WindowScan(WindowRows rows, OpenWindow window, BitSet keyGroups, byte[] encodedKey) {
    this.rows = rows;
    this.window = window;
    this.keyGroups = keyGroups;
    this.encodedKey = encodedKey;
  }

  /** A scan of all keys, those of a key group after those of the one before. */
  static WindowScan ofAll(WindowRows rows, OpenWindow window) {
    BitSet keyGroups = new BitSet();
    if (window.endedKeyGroups != null) {
      keyGroups.or(window.endedKeyGroups);
    }
    for (SliceRows slice : window.rows) {
      keyGroups.or(slice.keyGroups);
    }
    return new WindowScan(rows, window, keyGroups, ALL);
  }

  /**
   * A scan of a single key.
   *
   * @param encodedKey as rows have it
   */
  static WindowScan ofKey(WindowRows rows, OpenWindow window, int keyGroup, byte[] encodedKey) {
    BitSet keyGroups = new BitSet();
    keyGroups.set(keyGroup);
    return new WindowScan(rows, window, keyGroups, encodedKey);
  }

  /** Goes to the next key, the first one at the first call; false if there is none. */
  boolean next() {
    while (cursors.isEmpty()) {
      int keyGroup = keyGroups.nextSetBit(nextKeyGroup);
      if (keyGroup < 0) {
        return false;
      }
      nextKeyGroup = keyGroup + 1;
      openCursors(keyGroup);
    }
    readKey();
    return true;
  }

  private void openCursors(int keyGroup) {
    for (SliceRows slice : window.rows) {
      if (slice.keyGroups.get(keyGroup)) {
        open(rows.slice(slice, keyGroup, encodedKey));
      }
    }
    if (window.endedKeyGroups != null && window.endedKeyGroups.get(keyGroup)) {
      RowCursor cursor = rows.ended(window, keyGroup, encodedKey);
      ended = cursor;
      open(cursor);
    }
  }

  private void open(RowCursor cursor) {
    if (cursor.next()) {
      cursors.add(cursor);
    }
  }

  /** Reads all rows of the least key. */
  private void readKey() {
    RowCursor first = cursors.element();
    byte[] row = first.key();
    int start = first.start();
    int end = first.end();
    key = rows.readKey(row, start, end);
    aggregate = Reduction.ABSENT;
    time = Long.MAX_VALUE;
    firings = 0;
    byte[] stateAtLast = null;
    for (RowCursor cursor = first;
        cursor != null
            && Arrays.equals(cursor.key(), cursor.start(), cursor.end(), row, start, end);
        cursor = cursors.peek()) {
      cursors.remove();
      byte[] value = cursor.value();
      if (cursor == ended) {
        stateAtLast = value;
      } else {
        firings = 1;
        time = Math.min(time, BigEndian.readLong(value, 0));
        aggregate = rows.addPieces(aggregate, value, Long.BYTES);
      }
      open(cursor);
    }
    if (stateAtLast != null) {
      firings = BigEndian.readInt(stateAtLast, 0);
      time = Long.MAX_VALUE;
      aggregate = rows.addPieces(Reduction.ABSENT, stateAtLast, Integer.BYTES);
    }
  }

  /** The key as hash tables have it, safe to keep. */
  Object key() {
    if (key == null) {
      throw new IllegalStateException("Not on a key");
    }
    return key;
  }

  /** All that came for the key, which is the caller's. */
  @Nullable Object aggregate() {
    return aggregate;
  }

  /** The key's timestamp, in milliseconds; {@code Long.MAX_VALUE} for none. */
  long time() {
    return time;
  }

  /** How many panes of the key have fired, if the window has ended. */
  int firings() {
    return firings;
  }
}
