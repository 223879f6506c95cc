package dev.trestle.runner.group;

import dev.trestle.state.table.OrderedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Steps through the rows of a key group that begin with a prefix. Some are read at a time, so that
 * many cursors may be open, over several turns, without holding anything of the database.
 */
final class RowCursor implements Comparable<RowCursor> {

  private static final int MOST_ROWS = 256;
  private static final int MOST_BYTES = 1 << 16;

  private final OrderedRows rows;
  private final int keyGroup;
  private final byte[] prefix;
  private final int start;
  private final int suffix;
  private final List<byte[]> keys = new ArrayList<>();
  private final List<byte[]> values = new ArrayList<>();
  private byte[] from;
  private int at = -1;
  private boolean complete;

  /**
   * A cursor in front of the first row.
   *
   * @param start how many bytes at the beginning of a row's key are not compared
   * @param suffix the same at the end
   */
  RowCursor(OrderedRows rows, int keyGroup, byte[] prefix, int start, int suffix) {
    this.rows = rows;
    this.keyGroup = keyGroup;
    this.prefix = prefix;
    this.start = start;
    this.suffix = suffix;
    from = prefix;
  }

  /** Goes to the next row; false if there is none. */
  boolean next() {
    if (++at < keys.size()) {
      return true;
    }
    if (complete) {
      return false;
    }
    read();
    return !keys.isEmpty();
  }

  private void read() {
    keys.clear();
    values.clear();
    at = 0;
    complete = true;
    int[] bytes = {0};
    rows.scan(
        keyGroup,
        from,
        (key, value) -> {
          if (key.length < prefix.length
              || !Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
            return false;
          }
          keys.add(key);
          values.add(value);
          bytes[0] += key.length + value.length;
          complete = keys.size() < MOST_ROWS && bytes[0] < MOST_BYTES;
          return complete;
        });
    if (!complete) {
      byte[] last = keys.get(keys.size() - 1);
      from = Arrays.copyOf(last, last.length + 1); // the least key behind it
    }
  }

  /** The current row's key, which begins with the prefix. */
  byte[] key() {
    return keys.get(at);
  }

  byte[] value() {
    return values.get(at);
  }

  /** Where the part of the key begins that is compared. */
  int start() {
    return start;
  }

  /** Where it ends. */
  int end() {
    return key().length - suffix;
  }

  /** By the parts of the current rows' keys that are compared. */
  @Override
  public int compareTo(RowCursor other) {
    return Arrays.compareUnsigned(key(), start(), end(), other.key(), other.start(), other.end());
  }
}
