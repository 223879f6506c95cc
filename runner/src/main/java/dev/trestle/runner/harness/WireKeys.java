package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.state.ByteKey;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/** Keys as workers name them: encoded. Belongs to the task's owner. */
final class WireKeys {

  private final Coder<Object> coder;
  private final boolean byObject;
  private final KeyedContext keyed;
  private final ByteSink sink = new ByteSink();

  /**
   * Keys.
   *
   * @param format of the edge that brings them
   */
  WireKeys(EdgeFormat format, KeyedContext keyed) {
    if (format.keyCoder() == null) {
      throw new IllegalArgumentException("The edge has no keys");
    }
    coder = format.keyCoder();
    byObject = format.keyByObject();
    this.keyed = keyed;
  }

  /** Makes a key current. */
  void makeCurrent(ByteString encoded) throws IOException {
    if (byObject) {
      Object key = coder.decode(encoded.newInput());
      keyed.setKey(key, key.hashCode());
    } else {
      byte[] bytes = encoded.toByteArray();
      ByteKey key = new ByteKey(bytes, 0, bytes.length);
      keyed.setKey(key, key.hashCode());
    }
  }

  /** Makes a key current that has been decoded. */
  void makeCurrent(@Nullable Object key) throws IOException {
    if (byObject && key != null) {
      keyed.setKey(key, key.hashCode());
    } else {
      makeCurrent(encoded(key));
    }
  }

  /** The current key. */
  ByteString current() throws IOException {
    return encoded(keyed.key());
  }

  @SuppressWarnings("NullAway") // a coder that admits a null key takes it, any other says so itself
  private ByteString encoded(@Nullable Object key) throws IOException {
    sink.reset();
    coder.encode(key, sink);
    return ByteString.copyFrom(sink.array(), 0, sink.size());
  }
}
