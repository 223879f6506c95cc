package dev.trestle.runner.group;

import dev.trestle.state.ByteKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys, numbered from 0 in the order in which they came, and for each an aggregate and, where asked
 * for, a timestamp.
 *
 * <p>An open-addressed hash table of {@link Slots} over columns. A probe that misses touches one
 * cache line, firing is a sequential scan that can stop anywhere, and dropping a window drops a
 * handful of arrays. Keys are never removed.
 */
final class KeyTable {

  private static final int SMALLEST = 16;

  /** Slots, columns, the key object and its header, in bytes. */
  private static final int PER_KEY = 72;

  private long[] slots = new long[2 * SMALLEST];
  private int shift = Slots.shift(2 * SMALLEST);
  private int[] hashes = new int[SMALLEST];
  private @Nullable Object[] keys = new @Nullable Object[SMALLEST];
  private @Nullable Object[] aggregates = new @Nullable Object[SMALLEST];
  private long @Nullable [] times;
  private final long initialTime;
  private final Footprint footprint;
  private int size;
  private long bytes;

  /**
   * @param times whether each key has a timestamp
   * @param initialTime the timestamp of a new key
   * @param footprint counts what the keys take
   */
  KeyTable(boolean times, long initialTime, Footprint footprint) {
    this.times = times ? new long[SMALLEST] : null;
    this.initialTime = initialTime;
    this.footprint = footprint;
  }

  int size() {
    return size;
  }

  /** What the keys take, in bytes, aggregates excluded. */
  long bytes() {
    return bytes;
  }

  /** Says that the table is not used any more. */
  void drop() {
    footprint.subtract(size, bytes);
  }

  /**
   * The number of a key. A key that was not there is added, with {@link Reduction#ABSENT}; a {@code
   * ByteKey} is copied for that.
   */
  int number(Object key, int hash) {
    return number(key, hash, false);
  }

  /** The number of a key of another table, which has copied and counted it. */
  int numberOfKept(Object key, int hash) {
    return number(key, hash, true);
  }

  private int number(Object key, int hash, boolean kept) {
    int mixed = hash * 0x9E3779B9;
    long[] table = slots;
    int mask = table.length - 1;
    int at = mixed >>> shift;
    while (true) {
      long slot = table[at];
      if (slot == 0) {
        return add(at, key, kept, hash, mixed);
      }
      if ((int) (slot >>> 32) == mixed) {
        int number = (int) slot - 1;
        Object known = keys[number];
        if (known == key || key.equals(known)) {
          return number;
        }
      }
      at = (at + 1) & mask;
    }
  }

  private int add(int at, Object key, boolean kept, int hash, int mixed) {
    int number = size++;
    long more = bytes(key);
    bytes += more;
    footprint.add(more);
    slots[at] = (long) mixed << 32 | size;
    if (number == hashes.length) {
      growColumns();
    }
    hashes[number] = hash;
    keys[number] = !kept && key instanceof ByteKey probe ? probe.copy() : key;
    aggregates[number] = Reduction.ABSENT;
    if (times != null) {
      times[number] = initialTime;
    }
    if (2 * size > slots.length) {
      growSlots();
    }
    return number;
  }

  /** About how many bytes a key takes in a table. */
  static int bytes(Object key) {
    if (key instanceof ByteKey encoded) {
      return PER_KEY + 40 + encoded.length();
    }
    return key instanceof String text ? PER_KEY + 24 + text.length() : PER_KEY;
  }

  private void growColumns() {
    int capacity = Math.multiplyExact(hashes.length, 2);
    hashes = Arrays.copyOf(hashes, capacity);
    keys = Arrays.copyOf(keys, capacity);
    aggregates = Arrays.copyOf(aggregates, capacity);
    if (times != null) {
      times = Arrays.copyOf(times, capacity);
    }
  }

  private void growSlots() {
    slots = Slots.doubled(slots);
    shift = Slots.shift(slots.length);
  }

  /** The key itself where keys travel as objects, else a {@code ByteKey}. */
  Object key(int number) {
    Object key = keys[number];
    if (key == null) {
      throw new IndexOutOfBoundsException(number);
    }
    return key;
  }

  int hash(int number) {
    return hashes[number];
  }

  @Nullable Object aggregate(int number) {
    return aggregates[number];
  }

  void setAggregate(int number, @Nullable Object aggregate) {
    aggregates[number] = aggregate;
  }

  long time(int number) {
    return times == null ? initialTime : times[number];
  }

  void setTime(int number, long time) {
    if (times != null) {
      times[number] = time;
    }
  }

  /** A running estimate of the memory that the tables of one operator take, aggregates excluded. */
  static final class Footprint {

    private long keys;
    private long bytes;

    private void add(long bytesOfKey) {
      keys++;
      bytes += bytesOfKey;
    }

    private void subtract(long droppedKeys, long droppedBytes) {
      keys -= droppedKeys;
      bytes -= droppedBytes;
    }

    /** How many keys there are in all tables. */
    long keys() {
      return keys;
    }

    long bytes() {
      return bytes;
    }

    /** Says that no table is used any more. */
    void reset() {
      keys = 0;
      bytes = 0;
    }
  }
}
