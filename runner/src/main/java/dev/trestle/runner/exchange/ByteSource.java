package dev.trestle.runner.exchange;

import dev.trestle.translation.wire.WireInput;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads a slice of a byte array: {@code ByteArrayInputStream} without its locks. */
public final class ByteSource extends InputStream implements WireInput {

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

  @Override
  public int next() throws EOFException {
    if (position == end) {
      throw tooShort();
    }
    return bytes[position++] & 0xff;
  }

  /** The next byte, which is not read. */
  public int peek() throws EOFException {
    if (position == end) {
      throw tooShort();
    }
    return bytes[position] & 0xff;
  }

  @Override
  public void pass(long count) throws IOException {
    if (count < 0) {
      throw new IOException("An encoded value has a part of " + count + " bytes");
    }
    if (count > end - position) {
      throw tooShort();
    }
    position += (int) count;
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public byte[] since(int start) {
    return Arrays.copyOfRange(bytes, start, position);
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
      throw tooShort();
    }
    position = from + count;
    return from;
  }

  private static EOFException tooShort() {
    return new EOFException("An encoded value ends too early");
  }
}
