package dev.trestle.translation.wire;

import java.io.EOFException;
import java.io.IOException;

/** Reads encoded values, and gives what has been read. Confined to one thread. */
public interface WireInput {

  /**
   * Reads a byte.
   *
   * @return 0 to 255
   * @throws EOFException if there is none
   */
  int next() throws IOException;

  /**
   * Reads some bytes.
   *
   * @throws EOFException if there are not so many
   * @throws IOException also if the count is negative, or too large for an array
   */
  void pass(long count) throws IOException;

  /** Where reading has come to. */
  int position();

  /** A copy of what has been read since a position. */
  byte[] since(int position);

  /** Reads a number of the base 128 form, at most ten bytes. */
  default long varInt() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int read = next();
      value |= (read & 0x7fL) << shift;
      if (read < 0x80) {
        return value;
      }
    }
    throw new IOException("An encoded number is too long");
  }

  /** Reads four bytes, the highest first. */
  default int fixedInt() throws IOException {
    return next() << 24 | next() << 16 | next() << 8 | next();
  }
}
