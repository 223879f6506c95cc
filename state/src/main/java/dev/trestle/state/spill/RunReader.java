package dev.trestle.state.spill;

import java.util.Arrays;

/** Reads one run group by group. Stands behind the key of a group and in front of its values. */
final class RunReader {

  private final BlockReader in;
  private boolean exhausted;
  private int keyStart;
  private int keyLength;
  private long order;
  private long valuesLength;

  RunReader(BlockReader in) {
    this.in = in;
  }

  /** Goes to the next group; the values of the present one have been passed. */
  void next() {
    if (in.atEnd()) {
      exhausted = true;
      return;
    }
    keyLength = (int) in.readLength();
    valuesLength = in.readLength();
    keyStart = in.take(keyLength);
    order = SortBuffer.orderOf(in.block(), keyStart, keyStart + keyLength);
  }

  boolean exhausted() {
    return exhausted;
  }

  int compareKey(RunReader other) {
    return order != other.order
        ? Long.compare(order, other.order)
        : Arrays.compareUnsigned(
            in.block(),
            keyStart,
            keyStart + keyLength,
            other.in.block(),
            other.keyStart,
            other.keyStart + other.keyLength);
  }

  boolean hasKey(byte[] key, int length) {
    return keyLength == length
        && Arrays.equals(in.block(), keyStart, keyStart + keyLength, key, 0, length);
  }

  int keyLength() {
    return keyLength;
  }

  void copyKey(byte[] target) {
    System.arraycopy(in.block(), keyStart, target, 0, keyLength);
  }

  /** Length of the values in bytes, each one's own length included. */
  long valuesLength() {
    return valuesLength;
  }

  /** Where in the file the values start. */
  long valuesStart() {
    return in.position();
  }

  void copyValues(byte[] target, int offset) {
    in.copy(target, offset, (int) valuesLength);
  }

  void skipValues() {
    in.skip(valuesLength);
  }
}
