package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.EncodedSequence;
import java.io.IOException;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * The values of one key, encoded one after the other, each behind its length. Bytes that were
 * written never change, so that a {@link #view} stays as it is while more is added.
 */
final class EncodedValues {

  /** An array that has reached this size is not grown but followed by another. */
  private static final int CHUNK = 1 << 18;

  private byte[] open;
  private int end;
  private long count;
  private @Nullable List<Chunk> full;

  private static final class Chunk {
    private final byte[] bytes;
    private final int end;

    Chunk(byte[] bytes, int end) {
      this.bytes = bytes;
      this.end = end;
    }
  }

  /**
   * @param expected size of the first value
   */
  EncodedValues(int expected) {
    open = new byte[Math.addExact(expected, 11) & ~7];
  }

  /**
   * Adds a value.
   *
   * @return by how many bytes the arrays have grown
   */
  int add(byte[] source, int start, int stop) {
    int length = stop - start;
    int grown = open.length - end < length + 5 ? makeRoom(length) : 0;
    byte[] target = open;
    int at = end;
    int rest = length;
    while (rest > 0x7f) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    System.arraycopy(source, start, target, at, length);
    end = at + length;
    count++;
    return grown;
  }

  private int makeRoom(int length) {
    int needed = Math.addExact(length, 5);
    int before = open.length;
    if (before >= CHUNK) {
      if (full == null) {
        full = new ArrayList<>();
      }
      full.add(new Chunk(open, end));
      open = new byte[Math.max(CHUNK, needed)];
      end = 0;
      return open.length;
    }
    open = Arrays.copyOf(open, Math.max(Math.addExact(end, needed), 2 * before));
    return open.length - before;
  }

  /** Adds all values of another. */
  int addAll(EncodedValues other) {
    int grown = 0;
    for (RecordCursor cursor = other.cursor(); cursor.next(); ) {
      grown += add(cursor.bytes, cursor.start, cursor.end);
    }
    return grown;
  }

  /** One that may be changed apart from this. */
  EncodedValues copy() {
    EncodedValues copy = new EncodedValues(0);
    copy.open = Arrays.copyOf(open, end);
    copy.end = end;
    copy.count = count;
    copy.full = full == null ? null : new ArrayList<>(full);
    return copy;
  }

  /** The size of the arrays. */
  long capacity() {
    long bytes = open.length;
    if (full != null) {
      for (Chunk chunk : full) {
        bytes += chunk.bytes.length;
      }
    }
    return bytes;
  }

  /** Reads the values there are now, without decoding them. */
  RecordCursor cursor() {
    return new RecordCursor(full == null ? List.of() : full, open, end, count);
  }

  /** The values there are now; decoded anew by every iterator. */
  Iterable<Object> view(Coder<Object> coder) {
    return new View(full == null ? List.of() : full, open, end, count, coder);
  }

  /** Steps through values; bytes, start and end speak of the current one. */
  static final class RecordCursor {
    private final List<Chunk> chunks;
    private final byte[] last;
    private final int lastEnd;
    private long left;
    private int nextChunk;
    private int chunkEnd;
    byte[] bytes = new byte[0];
    int start;
    int end;

    private RecordCursor(List<Chunk> chunks, byte[] last, int lastEnd, long count) {
      this.chunks = chunks;
      this.last = last;
      this.lastEnd = lastEnd;
      left = count;
    }

    boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      if (end == chunkEnd) {
        nextChunk();
      }
      int at = end;
      int length = 0;
      int bits = 0;
      byte b;
      do {
        b = bytes[at++];
        length |= (b & 0x7f) << bits;
        bits += 7;
      } while (b < 0);
      start = at;
      end = at + length;
      return true;
    }

    private void nextChunk() {
      if (nextChunk < chunks.size()) {
        Chunk chunk = chunks.get(nextChunk++);
        bytes = chunk.bytes;
        chunkEnd = chunk.end;
      } else {
        bytes = last;
        chunkEnd = lastEnd;
      }
      end = 0;
    }
  }

  private static final class View extends AbstractCollection<Object> implements EncodedSequence {
    private final List<Chunk> chunks;
    private final byte[] last;
    private final int lastEnd;
    private final long count;
    private final Coder<Object> coder;

    View(List<Chunk> chunks, byte[] last, int lastEnd, long count, Coder<Object> coder) {
      this.chunks = chunks.isEmpty() ? chunks : List.copyOf(chunks);
      this.last = last;
      this.lastEnd = lastEnd;
      this.count = count;
      this.coder = coder;
    }

    @Override
    public int size() {
      return (int) Math.min(count, Integer.MAX_VALUE);
    }

    @Override
    public Coder<Object> coder() {
      return coder;
    }

    @Override
    public void writeTo(ByteSink target) {
      for (RecordCursor cursor = cursor(); cursor.next(); ) {
        target.write(cursor.bytes, cursor.start, cursor.end - cursor.start);
      }
    }

    private RecordCursor cursor() {
      return new RecordCursor(chunks, last, lastEnd, count);
    }

    @Override
    public Iterator<Object> iterator() {
      RecordCursor cursor = cursor();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return cursor.left > 0;
        }

        @Override
        public Object next() {
          if (!cursor.next()) {
            throw new NoSuchElementException();
          }
          return decode(coder, cursor.bytes, cursor.start, cursor.end);
        }
      };
    }
  }

  /** Decodes a slice of bytes with a user's coder. */
  static <T> T decode(Coder<T> coder, byte[] bytes, int start, int end) {
    try {
      return coder.decode(new ByteSource(bytes, start, end));
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }
}
