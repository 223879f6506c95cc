package dev.trestle.translation.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a window fn that only an SDK can call. Its windows come with the elements; nothing is
 * ever assigned, merged or mapped here.
 */
public final class OpaqueWindowFn extends WindowFn<Object, OpaqueWindow> {
  private static final long serialVersionUID = 1L;

  private final String urn;
  private final boolean merges;
  private final WindowCoder windowCoder;

  /**
   * A window fn.
   *
   * @param urn what it is known by to its SDK
   * @param windowCoder its format is that of a custom window
   */
  OpaqueWindowFn(String urn, boolean merges, EncodedCoder windowCoder) {
    this.urn = urn;
    this.merges = merges;
    this.windowCoder = new WindowCoder(windowCoder);
  }

  @Override
  public Collection<OpaqueWindow> assignWindows(AssignContext c) {
    throw new UnsupportedOperationException(this + " is called by its SDK alone");
  }

  @Override
  public void mergeWindows(MergeContext c) {
    throw new UnsupportedOperationException(this + " is called by its SDK alone");
  }

  @Override
  public WindowMappingFn<OpaqueWindow> getDefaultWindowMappingFn() {
    throw new UnsupportedOperationException(this + " is called by its SDK alone");
  }

  @Override
  public boolean isNonMerging() {
    return !merges;
  }

  @Override
  public boolean assignsToOneWindow() {
    return false;
  }

  @Override
  @Deprecated // but abstract
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof OpaqueWindowFn that && windowCoder.equals(that.windowCoder);
  }

  @Override
  public Coder<OpaqueWindow> windowCoder() {
    return windowCoder;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueWindowFn that
        && urn.equals(that.urn)
        && merges == that.merges
        && windowCoder.equals(that.windowCoder);
  }

  @Override
  public int hashCode() {
    return urn.hashCode();
  }

  @Override
  public String toString() {
    return urn;
  }

  /** Windows as they are on the wire. */
  private static final class WindowCoder extends CustomCoder<OpaqueWindow> {
    private static final long serialVersionUID = 1L;

    private final EncodedCoder bytes;

    WindowCoder(EncodedCoder bytes) {
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

    @Override
    public void verifyDeterministic() {}

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof WindowCoder that && bytes.equals(that.bytes);
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
}
