package dev.trestle.runner.exchange;

import java.io.EOFException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads a slice of a byte array: {@code ByteArrayInputStream} without its locks. */
public final class ByteSource extends InputStream {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int position;

  public ByteSource(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.end = end;
    position = start;
  }

  @Override
  public int read() {
    return position < end ? bytes[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (position >= end) {
      return -1;
    }
    int count = Math.min(length, end - position);
    System.arraycopy(bytes, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public long skip(long count) {
    int skipped = (int) Math.max(0, Math.min(count, end - position));
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return end - position;
  }

  /** Reads four bytes, the highest first. */
  public int readInt() throws EOFException {
    int from = advance(Integer.BYTES);
    return (int) INT.get(bytes, from);
  }

  /** Reads eight bytes, the highest first. */
  public long readLong() throws EOFException {
    int from = advance(Long.BYTES);
    return (long) LONG.get(bytes, from);
  }

  private int advance(int count) throws EOFException {
    int from = position;
    if (end - from < count) {
      throw new EOFException();
    }
    position = from + count;
    return from;
  }
}
