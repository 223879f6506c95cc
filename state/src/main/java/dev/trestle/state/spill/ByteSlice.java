package dev.trestle.state.spill;

import java.util.Arrays;

/**
 * Bytes {@code [start, end)} of an array that belongs to somebody else. Iterators hand out the same
 * instance again and again: it is good until their next step. Not thread safe.
 */
public final class ByteSlice {

  private byte[] bytes = new byte[0];
  private int start;
  private int end;

  void set(byte[] source, int from, int to) {
    bytes = source;
    start = from;
    end = to;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  public int length() {
    return end - start;
  }

  /** A copy of the bytes, to keep. */
  public byte[] copy() {
    return Arrays.copyOfRange(bytes, start, end);
  }
}
