package dev.trestle.translation.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.VarInt;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** A window of a kind that only its SDK knows. Two are equal when their bytes are. */
public final class OpaqueWindow extends BoundedWindow {
  private final Encoded encoded;
  private final Instant maxTimestamp;

  /**
   * A window.
   *
   * @param encoded by {@code beam:coder:custom_window:v1}: its maximum timestamp, and then whatever
   */
  OpaqueWindow(Encoded encoded) {
    this.encoded = encoded;
    // instants are written so that their bytes have their order
    long shifted = ByteBuffer.wrap(encoded.array(), encoded.start(), Long.BYTES).getLong();
    maxTimestamp = Instant.ofEpochMilli(shifted ^ Long.MIN_VALUE);
  }

  Encoded encoded() {
    return encoded;
  }

  /**
   * Whether an SDK may mean this window by some bytes: as it is on the wire, or as its own coder
   * writes it, without timestamp and length.
   */
  public boolean isWrittenAs(byte[] bytes) {
    int start = encoded.end() - bytes.length;
    return start >= encoded.start()
        && (start == encoded.start() || start - encoded.start() - Long.BYTES == lengthBefore(bytes))
        && Arrays.equals(encoded.array(), start, encoded.end(), bytes, 0, bytes.length);
  }

  /** How many bytes there are for a length behind the timestamp. */
  private int lengthBefore(byte[] bytes) {
    int behindTimestamp = encoded.length() - Long.BYTES;
    int prefixed = VarInt.getLength(bytes.length) + bytes.length;
    return behindTimestamp == prefixed ? VarInt.getLength(bytes.length) : 0;
  }

  @Override
  public Instant maxTimestamp() {
    return maxTimestamp;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindow that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  @Override
  public String toString() {
    return "[" + encoded + " to " + maxTimestamp + "]";
  }
}
