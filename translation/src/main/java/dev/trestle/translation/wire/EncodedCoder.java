package dev.trestle.translation.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;
import org.jspecify.annotations.Nullable;

/** Reads and writes values of one coder of the wire without looking into them. */
public final class EncodedCoder extends CustomCoder<Encoded> {
  private static final long serialVersionUID = 1L;

  private final String format;
  private final Skipper skipper;

  /**
   * A coder.
   *
   * @param format names the coder of the wire for people, and tells it from others
   */
  EncodedCoder(String format, Skipper skipper) {
    this.format = format;
    this.skipper = skipper;
  }

  @Override
  public void encode(@Nullable Encoded value, OutputStream out) throws IOException {
    if (value == null) {
      throw new CoderException("Null is not encoded");
    }
    value.writeTo(out);
  }

  @Override
  public Encoded decode(InputStream in) throws IOException {
    WireInput from = in instanceof WireInput known ? known : new StreamInput(in);
    int start = from.position();
    skipper.skip(from);
    return new Encoded(from.since(start));
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  /** Whoever encoded the values has to. */
  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean isRegisterByteSizeObserverCheap(Encoded value) {
    return true;
  }

  @Override
  public void registerByteSizeObserver(Encoded value, ElementByteSizeObserver observer) {
    observer.update(value.length());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EncodedCoder that
        && format.equals(that.format)
        && skipper.equals(that.skipper);
  }

  @Override
  public int hashCode() {
    return format.hashCode();
  }

  /** The coder of the wire: {@code length_prefix(pickled_python)}. */
  @Override
  public String toString() {
    return format;
  }
}
