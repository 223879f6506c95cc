package dev.trestle.state.rocks;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads slices of byte arrays, one after the other. Not thread safe. */
final class RowInput extends InputStream {

  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private final DataInputStream data = new DataInputStream(this);

  /** Goes to the start of another slice. */
  DataInputStream at(byte[] source, int start, int length) {
    bytes = source;
    position = start;
    end = start + length;
    return data;
  }

  int position() {
    return position;
  }

  boolean hasMore() {
    return position < end;
  }

  int readVarInt() throws IOException {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 7) {
      int next = read();
      if (next < 0) {
        throw new EOFException("A row of keyed state ends too early");
      }
      value |= (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IOException("A length in keyed state is damaged");
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
    int count = Math.min(length, end - position);
    if (count == 0) {
      return -1;
    }
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
}
