package dev.trestle.translation.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CustomCoder;
import org.jspecify.annotations.Nullable;

/** Reads and writes windows as they are on the wire. */
final class OpaqueWindowCoder extends CustomCoder<OpaqueWindow> {
  private static final long serialVersionUID = 1L;

  private final EncodedCoder bytes;

  /**
   * A coder.
   *
   * @param bytes its format is that of a custom window
   */
  OpaqueWindowCoder(EncodedCoder bytes) {
    this.bytes = bytes;
  }

  @Override
  public void encode(OpaqueWindow window, OutputStream out) throws IOException {
    bytes.encode(window.encoded(), out);
  }

  @Override
  public OpaqueWindow decode(InputStream in) throws IOException {
    return new OpaqueWindow(bytes.decode(in));
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  /** Whoever encoded the windows has to. */
  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindowCoder that && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return bytes.toString();
  }
}
