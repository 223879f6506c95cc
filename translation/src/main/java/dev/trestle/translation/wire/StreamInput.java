package dev.trestle.translation.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/** Reads a stream of any kind, and keeps what it has read. */
final class StreamInput implements WireInput {
  private static final int FIRST_CAPACITY = 32;

  /** Lengths come from outside: nothing larger is allocated before its bytes are there. */
  private static final int MOST_AT_ONCE = 1 << 20;

  private final InputStream in;
  private byte[] kept = new byte[FIRST_CAPACITY];
  private int size;

  StreamInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int next() throws IOException {
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

  @Override
  public void pass(long count) throws IOException {
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

  @Override
  public byte[] since(int position) {
    return Arrays.copyOfRange(kept, Objects.checkIndex(position, size + 1), size);
  }

  @Override
  public int position() {
    return size;
  }

  private void grow(int by) {
    long wanted = Math.max((long) size + by, 2L * kept.length);
    kept = Arrays.copyOf(kept, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
  }
}
