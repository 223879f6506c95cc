package dev.trestle.translation.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A value in the encoding of the wire, nested context. Two are equal when their bytes are. The
 * array may be shared with others and must not be changed.
 */
public final class Encoded {
  /** As many bytes as tell a reader of an error message enough. */
  private static final int MOST_TEXT = 32;

  private final byte[] array;
  private final int start;
  private final int end;

  /** All bytes of an array. */
  public Encoded(byte[] array) {
    this(array, 0, array.length);
  }

  /**
   * A slice of an array.
   *
   * @throws IndexOutOfBoundsException if the array has no such slice
   */
  public Encoded(byte[] array, int start, int end) {
    if (start < 0 || start > end || end > array.length) {
      throw new IndexOutOfBoundsException(start + " to " + end + " of " + array.length);
    }
    this.array = array;
    this.start = start;
    this.end = end;
  }

  public byte[] array() {
    return array;
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

  /** A copy of the bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, start, end);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(array, start, end - start);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Encoded that
        && Arrays.equals(array, start, end, that.array, that.start, that.end);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(array, start, Math.min(end, start + MOST_TEXT))
        + (length() > MOST_TEXT ? "..." : "");
  }
}
