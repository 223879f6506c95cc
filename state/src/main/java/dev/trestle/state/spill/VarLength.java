package dev.trestle.state.spill;

/** Lengths in a few bytes: 7 bits each, low ones first, the highest bit saying that more follow. */
final class VarLength {

  /** The most that a length may take. */
  static final int MOST_BYTES = 10;

  private VarLength() {}

  /** Bytes that a length takes. */
  static int size(long length) {
    return length == 0 ? 1 : (70 - Long.numberOfLeadingZeros(length)) / 7;
  }

  /** Puts a length at {@code offset} and returns the offset behind it. */
  static int put(byte[] bytes, int offset, long length) {
    int at = offset;
    long rest = length;
    while (rest >= 0x80) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
    return at;
  }

  /** The length at {@code offset}, known to be below 2^31. */
  static int get(byte[] bytes, int offset) {
    int at = offset;
    int length = 0;
    int shift = 0;
    byte b;
    do {
      b = bytes[at++];
      length |= (b & 0x7f) << shift;
      shift += 7;
    } while (b < 0);
    return length;
  }
}
