package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.OrderedRows;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Encoded keys by key group and a time, in milliseconds: ordered rows without a value. The least
 * time of each key group is known without a look at them.
 */
final class KeysByTime {

  private static final byte[] NOTHING = {};

  private final OrderedRows rows;
  private final KeyGroupRange range;
  private final long[] earliest;

  /** Places of key groups whose least time has been removed. */
  private final BitSet removed = new BitSet();

  private final ByteSink row = new ByteSink();

  KeysByTime(OrderedRows rows, KeyGroupRange range) {
    this.rows = rows;
    this.range = range;
    earliest = new long[range.size()];
    Arrays.fill(earliest, KeyWindows.NEVER);
  }

  void add(int keyGroup, long time, byte[] key) {
    setRow(time, key);
    rows.put(keyGroup, row.array(), row.size(), NOTHING, 0);
    restore(keyGroup, time);
  }

  /** Says that this is the least time of rows that a key group has. */
  void restore(int keyGroup, long time) {
    int place = keyGroup - range.first();
    earliest[place] = Math.min(earliest[place], time);
  }

  void remove(int keyGroup, long time, byte[] key) {
    setRow(time, key);
    rows.delete(keyGroup, row.array(), row.size());
    int place = keyGroup - range.first();
    if (earliest[place] == time) {
      removed.set(place);
    }
  }

  private void setRow(long time, byte[] key) {
    row.reset();
    row.writeLong(time ^ Long.MIN_VALUE); // a sign would be last in the order of bytes
    row.write(key, 0, key.length);
  }

  private static long time(byte[] row) {
    return BigEndian.readLong(row, 0) ^ Long.MIN_VALUE;
  }

  /** The least time of a key group; {@link KeyWindows#NEVER} if it has no rows. */
  long earliest(int keyGroup) {
    int place = keyGroup - range.first();
    if (removed.get(place)) {
      removed.clear(place);
      long least = earliest[place];
      earliest[place] = KeyWindows.NEVER;
      setRow(least, NOTHING); // what is before has been removed: not a step over any of it
      rows.scan(
          keyGroup,
          Arrays.copyOf(row.array(), row.size()),
          (key, value) -> {
            earliest[place] = time(key);
            return false;
          });
    }
    return earliest[place];
  }

  /** The least time of all; {@link KeyWindows#NEVER} if there are no rows. */
  long earliest() {
    long least = KeyWindows.NEVER;
    for (int keyGroup = range.first(); keyGroup < range.end(); keyGroup++) {
      least = Math.min(least, earliest(keyGroup));
    }
    return least;
  }

  /**
   * Reads keys whose time is before another, of one key group.
   *
   * @param most how many at most
   * @return null if there is none
   */
  @Nullable EncodedKeys before(long time, int most) {
    for (int keyGroup = range.first(); keyGroup < range.end(); keyGroup++) {
      long least = earliest(keyGroup);
      if (least < time) {
        EncodedKeys keys = new EncodedKeys();
        int owner = keyGroup;
        setRow(least, NOTHING);
        rows.scan(
            keyGroup,
            Arrays.copyOf(row.array(), row.size()),
            (key, value) -> {
              if (time(key) >= time) {
                return false;
              }
              keys.add(owner, Arrays.copyOfRange(key, Long.BYTES, key.length));
              return keys.size() < most;
            });
        return keys;
      }
    }
    return null;
  }
}
