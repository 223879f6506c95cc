package dev.trestle.state.timer;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.OrderedRows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Rows in order of time: a row's key is a time and the identity of what it is about. For each key
 * group it is known where its rows begin, so that the first one is found without stepping over all
 * that has been deleted before it, and group by group, so that nothing has to be merged. Not thread
 * safe.
 */
final class TimedRows {

  /** Says that there are no rows. */
  static final long NONE = Long.MAX_VALUE;

  static final int TIME_BYTES = Long.BYTES;

  private static final byte[] NO_KEY = {};

  private final OrderedRows rows;
  private final KeyGroupRange range;

  /** For each key group a key that none of its rows is before; empty where there are no rows. */
  private final byte[][] fronts;

  /** The times of these, a millisecond short of {@link #NONE} at most; else {@link #NONE}. */
  private final long[] times;

  /** The key groups that are known to have a row at the front. */
  private final BitSet exact = new BitSet();

  /** The index of a key group with the least time; -1 where it has to be looked for. */
  private int least = 0;

  private byte[] key = new byte[64];

  /** Takes rows. */
  interface Taker {

    /** Takes a row; in its key the identity follows after {@link #TIME_BYTES}. */
    void take(long time, byte[] key, byte[] value);
  }

  TimedRows(OrderedRows rows, KeyGroupRange range) {
    this.rows = rows;
    this.range = range;
    fronts = new byte[range.size()][];
    Arrays.fill(fronts, NO_KEY);
    times = new long[range.size()];
    Arrays.fill(times, NONE);
  }

  /**
   * Says that a key group has rows, which were written in the job's earlier life.
   *
   * @param time no row is before it; {@link #NONE} if there are no rows
   */
  void restore(int keyGroup, long time) {
    if (time != NONE) {
      byte[] front = new byte[TIME_BYTES];
      putTime(front, time);
      moveFront(keyGroup - range.first(), front, false);
    }
  }

  void put(int keyGroup, long time, RowBytes identity, RowBytes value) {
    int length = setKey(time, identity);
    rows.put(keyGroup, key, length, value.array(), value.size());
    int index = keyGroup - range.first();
    if (ofFront(time) <= times[index]) {
      byte[] front = fronts[index];
      if (front.length == 0 || Arrays.compareUnsigned(key, 0, length, front, 0, front.length) < 0) {
        moveFront(index, Arrays.copyOf(key, length), true);
      }
    }
  }

  void delete(int keyGroup, long time, RowBytes identity) {
    int length = setKey(time, identity);
    rows.delete(keyGroup, key, length);
    int index = keyGroup - range.first();
    byte[] front = fronts[index];
    if (Arrays.equals(key, 0, length, front, 0, front.length)) {
      exact.clear(index);
    }
  }

  private int setKey(long time, RowBytes identity) {
    int length = TIME_BYTES + identity.size();
    if (key.length < length) {
      key = new byte[length];
    }
    putTime(key, time);
    System.arraycopy(identity.array(), 0, key, TIME_BYTES, identity.size());
    return length;
  }

  /** Eight bytes that compare without sign as times do with it. */
  private static void putTime(byte[] target, long time) {
    ByteBuffer.wrap(target).putLong(time ^ Long.MIN_VALUE);
  }

  private static long time(byte[] key) {
    return ByteBuffer.wrap(key).getLong() ^ Long.MIN_VALUE;
  }

  private static long ofFront(long time) {
    return Math.min(time, NONE - 1);
  }

  private void moveFront(int index, byte[] front, boolean isExact) {
    fronts[index] = front;
    exact.set(index, isExact);
    long time = front.length == 0 ? NONE : ofFront(time(front));
    if (least >= 0 && time < times[least]) {
      least = index;
    } else if (index == least) {
      least = -1;
    }
    times[index] = time;
  }

  private int least() {
    if (least < 0) {
      least = 0;
      for (int i = 1; i < times.length; i++) {
        if (times[i] < times[least]) {
          least = i;
        }
      }
    }
    return least;
  }

  /** A time that no row of any key group is before; {@link #NONE} if there are no rows. */
  long leastFront() {
    return times.length == 0 ? NONE : times[least()];
  }

  /** The least time of any row; {@link #NONE} if there are none. */
  long leastTime() {
    while (leastFront() != NONE && !exact.get(least())) {
      findFront(least());
    }
    return leastFront();
  }

  private void findFront(int index) {
    byte[] from = fronts[index];
    byte[][] found = {NO_KEY};
    rows.scan(
        index + range.first(),
        from,
        (rowKey, value) -> {
          found[0] = rowKey;
          return false;
        });
    moveFront(index, found[0], true);
  }

  /** A time that no row of a key group is before; {@link #NONE} if there are no rows. */
  long front(int keyGroup) {
    return times[keyGroup - range.first()];
  }

  /** Where {@link #takeFirst} takes rows from. */
  int firstKeyGroup() {
    return least() + range.first();
  }

  /**
   * Takes away the first rows of {@link #firstKeyGroup}.
   *
   * @param most so many
   * @param taker must not put or delete rows
   */
  void takeFirst(int most, Taker taker) {
    int index = least();
    List<byte[]> taken = new ArrayList<>();
    byte[][] next = {NO_KEY};
    rows.scan(
        index + range.first(),
        fronts[index],
        (rowKey, value) -> {
          if (taken.size() == most) {
            next[0] = rowKey;
            return false;
          }
          taker.take(time(rowKey), rowKey, value);
          return taken.add(rowKey);
        });
    taken.forEach(rowKey -> rows.delete(index + range.first(), rowKey, rowKey.length));
    moveFront(index, next[0], true);
  }
}
