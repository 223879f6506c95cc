package dev.trestle.translation.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/** Reads a stream and keeps what it has read. Confined to one thread. */
final class CutInput {
  private static final int FIRST_CAPACITY = 32;

  /** Lengths come from outside: nothing larger is allocated before its bytes are there. */
  private static final int MOST_AT_ONCE = 1 << 20;

  private final InputStream in;
  private byte[] kept = new byte[FIRST_CAPACITY];
  private int size;

  CutInput(InputStream in) {
    this.in = in;
  }

  /**
   * Reads a byte.
   *
   * @return 0 to 255
   * @throws EOFException if there is none
   */
  int next() throws IOException {
    int read = in.read();
    if (read < 0) {
      throw new EOFException("An encoded value ends too early");
    }
    if (size == kept.length) {
      grow(1);
    }
    kept[size++] = (byte) read;
    return read;
  }

  /**
   * Reads some bytes.
   *
   * @throws EOFException if there are not so many
   * @throws IOException also if the count is negative, or too large for an array
   */
  void skip(long count) throws IOException {
    if (count < 0 || count > Integer.MAX_VALUE - size) {
      throw new IOException("An encoded value has a part of " + count + " bytes");
    }
    int left = (int) count;
    while (left > 0) {
      int most = Math.min(left, MOST_AT_ONCE);
      if (kept.length - size < most) {
        grow(most);
      }
      int read = in.read(kept, size, most);
      if (read < 0) {
        throw new EOFException("An encoded value ends too early");
      }
      size += read;
      left -= read;
    }
  }

  /** Reads a number of the base 128 form, at most ten bytes. */
  long varInt() throws IOException {
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
  int fixedInt() throws IOException {
    return next() << 24 | next() << 16 | next() << 8 | next();
  }

  /** What has been read by the calls since a position. */
  byte[] since(int position) {
    return Arrays.copyOfRange(kept, Objects.checkIndex(position, size + 1), size);
  }

  /** How many bytes have been read. */
  int position() {
    return size;
  }

  /** All that has been read. */
  Encoded cut() {
    byte[] exact = size == kept.length ? kept : Arrays.copyOf(kept, size);
    return new Encoded(exact);
  }

  private void grow(int by) {
    long wanted = Math.max((long) size + by, 2L * kept.length);
    kept = Arrays.copyOf(kept, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
  }
}
