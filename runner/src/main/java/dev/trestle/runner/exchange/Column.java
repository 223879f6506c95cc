package dev.trestle.runner.exchange;

import java.io.IOException;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.UserCodeException;
import org.jspecify.annotations.Nullable;

/**
 * The keys or the values of a batch: objects, or their encodings one after the other in one array.
 * Written by one task, then read by another.
 */
final class Column {

  private final Coder<Object> coder;

  /** Null where elements are encoded. */
  private final @Nullable Object @Nullable [] objects;

  /** End of each element in {@link #sink}; empty where elements are objects. */
  private final int[] ends;

  private final ByteSink sink = new ByteSink();

  Column(Coder<Object> coder, boolean byObject, int capacity) {
    this.coder = coder;
    objects = byObject ? new @Nullable Object[capacity] : null;
    ends = byObject ? new int[0] : new int[capacity];
  }

  /** Puts element number {@code index}; indices come in order. Returns its size in bytes. */
  int put(int index, @Nullable Object value) {
    if (objects != null) {
      objects[index] = value;
      return value instanceof String text ? 24 + text.length() : 16;
    }
    int before = sink.size();
    try {
      coder.encode(castNonNull(value), sink);
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
    ends[index] = sink.size();
    return sink.size() - before;
  }

  /** Puts an element whose encoding is known. */
  void putEncoded(int index, byte[] bytes, int start, int end) {
    sink.write(bytes, start, end - start);
    ends[index] = sink.size();
  }

  boolean encoded() {
    return objects == null;
  }

  /** The element as an object; decoded anew on every call where it is encoded. */
  @Nullable Object get(int index) {
    return objects != null ? objects[index] : decode(index);
  }

  private Object decode(int index) {
    int start = start(index);
    try {
      return coder.decode(new ByteSource(sink.array(), start, ends[index]));
    } catch (IOException | RuntimeException e) {
      throw UserCodeException.wrap(e);
    }
  }

  byte[] bytes() {
    return sink.array();
  }

  int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  int end(int index) {
    return ends[index];
  }

  @Override
  public String toString() {
    return objects != null ? Arrays.toString(objects) : sink.size() + " bytes";
  }

  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  private static Object castNonNull(@Nullable Object value) {
    return value;
  }
}
