package dev.trestle.state.timer;

import java.util.Arrays;

/** A binary heap of longs, least first. */
final class LongHeap {

  private long[] values = new long[8];
  private int size;

  int size() {
    return size;
  }

  int capacity() {
    return values.length;
  }

  /** The least value; only where there is one. */
  long least() {
    return values[0];
  }

  /** The values in ascending order. */
  long[] sorted() {
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return sorted;
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = size++;
    while (at > 0 && values[(at - 1) / 2] > value) {
      values[at] = values[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    values[at] = value;
  }

  void removeLeast() {
    long last = values[--size];
    int at = 0;
    int child;
    while ((child = 2 * at + 1) < size) {
      if (child + 1 < size && values[child + 1] < values[child]) {
        child++;
      }
      if (values[child] >= last) {
        break;
      }
      values[at] = values[child];
      at = child;
    }
    values[at] = last;
  }

  /**
   * Takes all values of {@code other} out of this and empties both of spare room.
   *
   * @throws IllegalStateException if one of them is not here
   */
  void subtract(LongHeap other) {
    Arrays.sort(values, 0, size);
    Arrays.sort(other.values, 0, other.size);
    int kept = 0;
    int taken = 0;
    for (int i = 0; i < size; i++) {
      if (taken < other.size && other.values[taken] == values[i]) {
        taken++;
      } else {
        values[kept++] = values[i]; // in order, hence a heap
      }
    }
    if (taken < other.size) {
      throw new IllegalStateException("A value was removed that had not been added");
    }
    size = kept;
    other.size = 0;
    values = Arrays.copyOf(values, Math.max(8, size));
    other.values = new long[8];
  }
}
