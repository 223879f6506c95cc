package dev.trestle.runner.group;

import dev.trestle.state.ByteKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Accumulators by windows and key, numbered from 0: a {@link KeyTable} for groups that come and go
 * as a whole, of any mixture of windows. Its arrays grow to the largest size once and are used
 * again.
 */
final class GroupTable {

  private static final int SMALLEST = 256;

  private final int most;
  private long[] slots = new long[2 * SMALLEST];
  private int shift = Slots.shift(2 * SMALLEST);
  private @Nullable Object[] tableKeys = new @Nullable Object[SMALLEST];
  private @Nullable Object[] keys = new @Nullable Object[SMALLEST];
  private Object[] windows = new Object[SMALLEST];
  private @Nullable Object[] accumulators = new @Nullable Object[SMALLEST];
  private long[] times = new long[SMALLEST];
  private int size;

  /**
   * @param most how many groups there is room for; a power of two
   */
  GroupTable(int most) {
    this.most = most;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == most;
  }

  /**
   * The number of a group. If it is new, which shows in {@link #size}, {@link #begin} has to
   * follow.
   *
   * @param windowsHash their hash code
   * @param tableKey the key as an object, or a {@code ByteKey} that is copied if need be
   */
  int group(Object elementWindows, int windowsHash, Object tableKey) {
    int mixed = (31 * windowsHash + tableKey.hashCode()) * 0x9E3779B9;
    long[] table = slots;
    int mask = table.length - 1;
    int at = mixed >>> shift;
    while (true) {
      long slot = table[at];
      if (slot == 0) {
        return add(at, mixed, elementWindows, tableKey);
      }
      if ((int) (slot >>> 32) == mixed) {
        int number = (int) slot - 1;
        if (tableKey.equals(tableKeys[number])
            && (windows[number] == elementWindows || windows[number].equals(elementWindows))) {
          return number;
        }
      }
      at = (at + 1) & mask;
    }
  }

  private int add(int at, int mixed, Object elementWindows, Object tableKey) {
    int number = size++;
    slots[at] = (long) mixed << 32 | size;
    if (number == tableKeys.length) {
      growColumns();
    }
    tableKeys[number] = tableKey instanceof ByteKey bytes ? bytes.copy() : tableKey;
    windows[number] = elementWindows;
    if (2 * size > slots.length) {
      growSlots();
    }
    return number;
  }

  private void growColumns() {
    int capacity = 2 * tableKeys.length;
    tableKeys = Arrays.copyOf(tableKeys, capacity);
    keys = Arrays.copyOf(keys, capacity);
    windows = Arrays.copyOf(windows, capacity);
    accumulators = Arrays.copyOf(accumulators, capacity);
    times = Arrays.copyOf(times, capacity);
  }

  private void growSlots() {
    slots = Slots.doubled(slots);
    shift = Slots.shift(slots.length);
  }

  /** Completes a new group. */
  void begin(int group, @Nullable Object key, long time, @Nullable Object accumulator) {
    keys[group] = key;
    times[group] = time;
    accumulators[group] = accumulator;
  }

  /** The key as its first element had it. */
  @Nullable Object key(int group) {
    return keys[group];
  }

  Object windows(int group) {
    return windows[group];
  }

  @Nullable Object accumulator(int group) {
    return accumulators[group];
  }

  void setAccumulator(int group, @Nullable Object accumulator) {
    accumulators[group] = accumulator;
  }

  long time(int group) {
    return times[group];
  }

  void setTime(int group, long time) {
    times[group] = time;
  }

  /** Empties the table; a small rest costs little even after the table was large. */
  void clear() {
    Arrays.fill(tableKeys, 0, size, null);
    Arrays.fill(keys, 0, size, null);
    Arrays.fill(windows, 0, size, null);
    Arrays.fill(accumulators, 0, size, null);
    if (slots.length > 16 * SMALLEST && 16 * size < slots.length) {
      int capacity = Math.max(SMALLEST, Integer.highestOneBit(Math.max(1, size)) * 2);
      slots = new long[2 * capacity];
      shift = Slots.shift(slots.length);
    } else {
      Arrays.fill(slots, 0);
    }
    size = 0;
  }
}
