package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.state.ByteKey;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/** Turns keys of hash tables into bytes and back into keys. */
final class KeyCodec {

  private final Coder<Object> coder;

  KeyCodec(EdgeFormat format) {
    Coder<Object> keyCoder = format.keyCoder();
    if (keyCoder == null) {
      throw new IllegalArgumentException(
          "Elements are grouped behind a keyed edge only: " + format);
    }
    coder = keyCoder;
  }

  @Nullable Object decode(Object tableKey) {
    return tableKey instanceof ByteKey bytes
        ? decode(bytes.bytes(), bytes.start(), bytes.end())
        : tableKey;
  }

  @Nullable Object decode(byte[] bytes, int start, int end) {
    return EncodedValues.decode(coder, bytes, start, end);
  }

  void encode(Object tableKey, ByteSink sink) {
    if (tableKey instanceof ByteKey bytes) {
      sink.write(bytes.bytes(), bytes.start(), bytes.length());
    } else {
      Combiner.encode(coder, tableKey, sink);
    }
  }
}
