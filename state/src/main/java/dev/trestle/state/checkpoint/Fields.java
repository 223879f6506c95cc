package dev.trestle.state.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link FieldWriter} wrote. A tag that nobody asks for is skipped: a later revision of the
 * same format version may add what its readers can do without.
 */
public final class Fields {

  private final String object;
  private final Map<Integer, List<ByteBuffer>> byTag = new HashMap<>();

  private Fields(String object) {
    this.object = object;
  }

  /**
   * Reads all fields.
   *
   * @param object path of the object, for errors
   * @throws CorruptCheckpointException if they are cut off
   */
  public static Fields read(String object, ByteBuffer in) throws CorruptCheckpointException {
    Fields fields = new Fields(object);
    while (in.hasRemaining()) {
      if (in.remaining() < 6) {
        throw new CorruptCheckpointException(object, "a field is cut off");
      }
      int tag = in.getShort() & 0xffff;
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        throw new CorruptCheckpointException(object, "field " + tag + " has no end");
      }
      fields
          .byTag
          .computeIfAbsent(tag, t -> new ArrayList<>())
          .add(in.slice(in.position(), length));
      in.position(in.position() + length);
    }
    return fields;
  }

  /** A field that is there once. */
  private ByteBuffer one(int tag) throws CorruptCheckpointException {
    List<ByteBuffer> found = byTag.getOrDefault(tag, List.of());
    if (found.size() != 1) {
      throw new CorruptCheckpointException(
          object, "field " + tag + " is there " + found.size() + " times");
    }
    return found.get(0).duplicate();
  }

  /**
   * A number that is there once.
   *
   * @throws CorruptCheckpointException if it is not
   */
  public long number(int tag) throws CorruptCheckpointException {
    ByteBuffer content = one(tag);
    if (content.remaining() != Long.BYTES) {
      throw new CorruptCheckpointException(object, "field " + tag + " is not a number");
    }
    return content.getLong();
  }

  /** The same, in the range of an {@code int}. */
  public int smallNumber(int tag) throws CorruptCheckpointException {
    long value = number(tag);
    if (value != (int) value) {
      throw new CorruptCheckpointException(object, "field " + tag + " is out of range: " + value);
    }
    return (int) value;
  }

  /** A number that is there once, as whether it is not 0. */
  public boolean flag(int tag) throws CorruptCheckpointException {
    return number(tag) != 0;
  }

  /** Text that is there once. */
  public String text(int tag) throws CorruptCheckpointException {
    return new String(bytes(tag), StandardCharsets.UTF_8);
  }

  /** Bytes that are there once. */
  public byte[] bytes(int tag) throws CorruptCheckpointException {
    ByteBuffer content = one(tag);
    byte[] copy = new byte[content.remaining()];
    content.get(copy);
    return copy;
  }

  /** Nested fields, any number of times, in the order in which they were written. */
  public List<Fields> nested(int tag) throws CorruptCheckpointException {
    List<Fields> all = new ArrayList<>();
    for (ByteBuffer content : byTag.getOrDefault(tag, List.of())) {
      all.add(read(object, content.duplicate()));
    }
    return all;
  }

  /** An error about what the fields mean. */
  public CorruptCheckpointException malformed(String what) {
    return new CorruptCheckpointException(object, what);
  }
}
