package dev.trestle.runner.exchange;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * A growing byte array to encode into: {@code ByteArrayOutputStream} without its locks and copies.
 */
public final class ByteSink extends OutputStream {

  private byte[] bytes = new byte[64];
  private int size;

  @Override
  public void write(int b) {
    if (size == bytes.length) {
      grow(1);
    }
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    if (bytes.length - size < length) {
      grow(length);
    }
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  private void grow(int more) {
    int needed = Math.addExact(size, more);
    bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * bytes.length, 1 << 30)));
  }

  /** The array that holds the bytes; its tail beyond {@link #size} means nothing. */
  public byte[] array() {
    return bytes;
  }

  public int size() {
    return size;
  }

  /** Forgets everything written. */
  public void reset() {
    size = 0;
  }
}
