package dev.trestle.runner.exchange;

import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A growing byte array to encode into: {@code ByteArrayOutputStream} without its locks and copies.
 */
public final class ByteSink extends OutputStream {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int size;

  public ByteSink() {
    this(64);
  }

  private ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  /** One that takes no memory before it is written. */
  static ByteSink empty() {
    return new ByteSink(0);
  }

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

  /** Writes four bytes, the highest first. */
  public void writeInt(int number) {
    if (bytes.length - size < Integer.BYTES) {
      grow(Integer.BYTES);
    }
    INT.set(bytes, size, number);
    size += Integer.BYTES;
  }

  /** Writes eight bytes, the highest first. */
  public void writeLong(long number) {
    if (bytes.length - size < Long.BYTES) {
      grow(Long.BYTES);
    }
    LONG.set(bytes, size, number);
    size += Long.BYTES;
  }

  /** Writes over four bytes that have been written. */
  public void setInt(int at, int number) {
    INT.set(bytes, Objects.checkFromIndexSize(at, Integer.BYTES, size), number);
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

  /** Forgets what was written beyond the first so many bytes. */
  public void truncate(int newSize) {
    size = Objects.checkIndex(newSize, size + 1);
  }
}
