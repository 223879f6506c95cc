package dev.trestle.runner.group;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.state.ByteKey;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/** Turns keys of hash tables back into keys. */
final class KeyDecoder {

  private final Coder<Object> coder;

  KeyDecoder(EdgeFormat format) {
    Coder<Object> keyCoder = format.keyCoder();
    if (keyCoder == null) {
      throw new IllegalArgumentException(
          "Elements are grouped behind a keyed edge only: " + format);
    }
    coder = keyCoder;
  }

  @Nullable Object decode(Object tableKey) {
    return tableKey instanceof ByteKey bytes
        ? EncodedValues.decode(coder, bytes.bytes(), bytes.start(), bytes.end())
        : tableKey;
  }

  Coder<Object> coder() {
    return coder;
  }
}
