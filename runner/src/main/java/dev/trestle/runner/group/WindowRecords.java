package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Pieces of aggregates with their window, as bytes: a timestamp (8 bytes), the length of the
 * encoded window (4), the window, the piece.
 */
final class WindowRecords {

  private static final int LENGTH = Long.BYTES;
  private static final int WINDOW = LENGTH + Integer.BYTES;

  private final Coder<BoundedWindow> windowCoder;

  WindowRecords(Coder<BoundedWindow> windowCoder) {
    this.windowCoder = windowCoder;
  }

  /** Writes what stands in front of a piece, at the start of a sink. */
  void begin(ByteSink sink, long time, BoundedWindow window) {
    sink.reset();
    sink.writeLong(time);
    sink.writeInt(0);
    Combiner.encode(windowCoder, window, sink);
    sink.setInt(LENGTH, sink.size() - WINDOW);
  }

  static long time(byte[] bytes, int start) {
    return BigEndian.readLong(bytes, start);
  }

  BoundedWindow window(byte[] bytes, int start) {
    return EncodedValues.decode(windowCoder, bytes, start + WINDOW, piece(bytes, start));
  }

  /** Where the piece begins. */
  static int piece(byte[] bytes, int start) {
    return start + WINDOW + BigEndian.readInt(bytes, start + LENGTH);
  }
}
