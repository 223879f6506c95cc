package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.WindowsCoder;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import java.io.EOFException;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.VarInt;
import org.jspecify.annotations.Nullable;

/** The parts of which the records of a grouping operator's snapshot are made. */
final class GroupRecords {

  private final KeyCodec keys;
  private final boolean keyByObject;
  private final WindowsCoder windowsCoder;
  private final Reduction reduction;
  private final ByteSink sink = new ByteSink();

  /**
   * @param keyByObject whether keys travel as objects
   */
  GroupRecords(
      KeyCodec keys, boolean keyByObject, Coder<BoundedWindow> windowCoder, Reduction reduction) {
    this.keys = keys;
    this.keyByObject = keyByObject;
    windowsCoder = new WindowsCoder(windowCoder);
    this.reduction = reduction;
  }

  static int keyGroup(Object tableKey, KeyGroupRange range) {
    return KeyGroupRange.keyGroup(tableKey.hashCode(), range.total());
  }

  void writeKey(Object tableKey, ByteSink out) throws IOException {
    sink.reset();
    keys.encode(tableKey, sink);
    VarInt.encode(sink.size(), out);
    out.write(sink.array(), 0, sink.size());
  }

  /** A key as hash tables have it, safe to keep. */
  Object readKey(ByteSource in) throws IOException {
    byte[] bytes = readBytes(in);
    if (!keyByObject) {
      return new ByteKey(bytes, 0, bytes.length);
    }
    Object key = keys.decode(bytes, 0, bytes.length);
    if (key == null) {
      throw new IOException("A key that travels as an object is null");
    }
    return key;
  }

  void writeWindows(Object flatWindows, ByteSink out) throws IOException {
    windowsCoder.write(Windows.all(flatWindows), out);
  }

  Object readWindows(ByteSource in) throws IOException {
    return windowsCoder.read(in);
  }

  /** Writes an aggregate, which stays as it is, as the number of its pieces and these. */
  void writeAggregate(@Nullable Object aggregate, ByteSink out) throws IOException {
    int countAt = out.size();
    out.writeInt(0);
    if (aggregate == Reduction.ABSENT) {
      return;
    }
    int[] count = {0};
    reduction.copyTo(
        aggregate,
        (bytes, start, end) -> {
          out.writeInt(end - start);
          out.write(bytes, start, end - start);
          count[0]++;
        });
    out.setInt(countAt, count[0]);
  }

  @Nullable Object readAggregate(ByteSource in) throws IOException {
    Object aggregate = Reduction.ABSENT;
    int count = readInt(in);
    for (int i = 0; i < count; i++) {
      byte[] piece = in.readNBytes(readInt(in));
      aggregate = reduction.addPiece(aggregate, piece, 0, piece.length);
    }
    return aggregate;
  }

  private static byte[] readBytes(ByteSource in) throws IOException {
    return in.readNBytes(VarInt.decodeInt(in));
  }

  static int readInt(ByteSource in) throws IOException {
    byte[] bytes = in.readNBytes(Integer.BYTES);
    if (bytes.length < Integer.BYTES) {
      throw new EOFException();
    }
    return (bytes[0] & 0xff) << 24
        | (bytes[1] & 0xff) << 16
        | (bytes[2] & 0xff) << 8
        | (bytes[3] & 0xff);
  }

  static long readLong(ByteSource in) throws IOException {
    return (long) readInt(in) << Integer.SIZE | (readInt(in) & 0xffffffffL);
  }
}
