package dev.trestle.server.environment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/** Windows that nobody else knows, of ten milliseconds. */
final class TensFn extends PartitioningWindowFn<Object, TensFn.Tens> {
  @Override
  public Tens assignWindow(Instant timestamp) {
    return new Tens(timestamp.getMillis() / 10);
  }

  @Override
  @Deprecated // but abstract
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof TensFn;
  }

  @Override
  public Coder<Tens> windowCoder() {
    return new TensCoder();
  }

  static final class Tens extends BoundedWindow {
    private final long number;

    Tens(long number) {
      this.number = number;
    }

    @Override
    public Instant maxTimestamp() {
      return Instant.ofEpochMilli(number * 10 + 9);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tens that && number == that.number;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }
  }

  private static final class TensCoder extends CustomCoder<Tens> {
    @Override
    public void encode(Tens window, OutputStream out) throws IOException {
      VarLongCoder.of().encode(window.number, out);
    }

    @Override
    public Tens decode(InputStream in) throws IOException {
      return new Tens(VarLongCoder.of().decode(in));
    }

    @Override
    public void verifyDeterministic() {}
  }
}
