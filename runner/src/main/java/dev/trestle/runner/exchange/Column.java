package dev.trestle.runner.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.util.VarInt;
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

  private final ByteSink sink;

  Column(Coder<Object> coder, boolean byObject, int capacity) {
    this.coder = coder;
    objects = byObject ? new @Nullable Object[capacity] : null;
    ends = byObject ? new int[0] : new int[capacity];
    sink = byObject ? ByteSink.empty() : new ByteSink();
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

  /** Puts an element of another column of the same form. Returns its size in bytes. */
  int putFrom(int index, Column other, int otherIndex) {
    if (objects != null) {
      return put(index, other.get(otherIndex));
    }
    int start = other.start(otherIndex);
    int end = other.end(otherIndex);
    putEncoded(index, other.bytes(), start, end);
    return end - start;
  }

  /** Writes the first elements, encoded, for {@link #readFrom}. */
  void writeTo(OutputStream out, int size) throws IOException {
    if (objects != null) {
      Column encoded = new Column(coder, false, size);
      for (int i = 0; i < size; i++) {
        encoded.put(i, objects[i]);
      }
      encoded.writeTo(out, size);
      return;
    }
    for (int i = 0; i < size; i++) {
      VarInt.encode(end(i) - start(i), out);
    }
    out.write(sink.array(), 0, sink.size());
  }

  /** A column with the elements that {@link #writeTo} wrote; it is full. */
  static Column readFrom(InputStream in, Coder<Object> coder, boolean byObject, int size)
      throws IOException {
    Column encoded = new Column(coder, false, size);
    int end = 0;
    for (int i = 0; i < size; i++) {
      end += VarInt.decodeInt(in);
      encoded.ends[i] = end;
    }
    byte[] bytes = in.readNBytes(end);
    encoded.sink.write(bytes, 0, bytes.length);
    if (!byObject) {
      return encoded;
    }
    Column decoded = new Column(coder, true, size);
    for (int i = 0; i < size; i++) {
      decoded.put(i, encoded.get(i));
    }
    return decoded;
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
