package dev.trestle.state.spill;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** The groups of a sorted buffer. */
final class MemoryGroups implements SortedGroups {

  private final SortBuffer buffer;
  private final ByteSlice key = new ByteSlice();
  private final Iterable<ByteSlice> values = Values::new;
  private int start;
  private int end;

  MemoryGroups(SortBuffer buffer) {
    this.buffer = buffer;
  }

  @Override
  public boolean nextKey() {
    start = end;
    if (start >= buffer.size()) {
      return false;
    }
    end = buffer.groupEnd(start);
    buffer.key(start, key);
    return true;
  }

  @Override
  public byte[] keyBytes() {
    return key.bytes();
  }

  @Override
  public int keyStart() {
    return key.start();
  }

  @Override
  public int keyEnd() {
    return key.end();
  }

  @Override
  public Iterable<ByteSlice> values() {
    return values;
  }

  @Override
  public void close() {
    buffer.clear();
    start = 0;
    end = 0;
  }

  private final class Values implements Iterator<ByteSlice> {

    private final ByteSlice slice = new ByteSlice();
    private final int first = start;
    private int next = start;

    @Override
    public boolean hasNext() {
      if (first != start) {
        throw new IllegalStateException("The cursor has left the key of these values");
      }
      return next < end;
    }

    @Override
    public ByteSlice next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      buffer.value(next++, slice);
      return slice;
    }
  }
}
