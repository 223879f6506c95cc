package dev.trestle.translation.wire;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class OpaqueWindowFnTest {
  private static final IntervalWindow WINDOW =
      new IntervalWindow(Instant.ofEpochMilli(-5), Instant.ofEpochMilli(10));

  /** As an SDK writes windows of its own kind. */
  private static byte[] written(IntervalWindow window) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    LengthPrefixCoder<IntervalWindow> prefixed = LengthPrefixCoder.of(IntervalWindowCoder.of());
    InstantCoder.of().encode(window.maxTimestamp(), bytes);
    prefixed.encode(window, bytes);
    return bytes.toByteArray();
  }

  private static OpaqueWindowFn windowFn(boolean merges) throws IOException {
    Wire wire = Wire.empty();
    String id = wire.add(IntervalWindowCoder.of());
    String prefixed = wire.add("prefixed", ModelCoders.LENGTH_PREFIX_CODER_URN, id);
    return new OpaqueWindowFn(
        "odd:window_fn:v1", merges, wire.coders.encoded(wire.coders.wireWindow(prefixed)));
  }

  @Test
  void windowIsItsBytesAndItsEnd() throws IOException {
    Coder<OpaqueWindow> coder = windowFn(false).windowCoder();
    byte[] bytes = written(WINDOW);

    OpaqueWindow window = coder.decode(new ByteArrayInputStream(bytes));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    coder.encode(window, again);

    assertThat(window.maxTimestamp(), equalTo(WINDOW.maxTimestamp()));
    assertThat(again.toByteArray(), equalTo(bytes));
    assertThat(window, equalTo(coder.decode(new ByteArrayInputStream(bytes))));
    IntervalWindow other = new IntervalWindow(Instant.ofEpochMilli(-6), WINDOW.end());
    assertThat(window, not(equalTo(coder.decode(new ByteArrayInputStream(written(other))))));
  }

  @Test
  void nothingIsCalledHere() throws IOException {
    OpaqueWindowFn windowFn = windowFn(true);

    assertThat(windowFn.isNonMerging(), is(false));
    assertThat(windowFn(false).isNonMerging(), is(true));
    assertThrows(UnsupportedOperationException.class, windowFn::getDefaultWindowMappingFn);
    assertThrows(UnsupportedOperationException.class, () -> windowFn.mergeWindows(null));
    assertThrows(UnsupportedOperationException.class, () -> windowFn.assignWindows(null));
  }

  @Test
  void equalFnsHaveEqualWindows() throws IOException {
    assertThat(windowFn(true), equalTo(windowFn(true)));
    assertThat(windowFn(true), not(equalTo(windowFn(false))));
  }
}
