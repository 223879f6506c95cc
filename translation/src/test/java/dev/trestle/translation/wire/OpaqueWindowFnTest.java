package dev.trestle.translation.wire;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.LengthPrefixCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow.IntervalWindowCoder;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
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
        "odd:window_fn:v1", merges, wire.coders.windows(wire.coders.wireWindow(prefixed)));
  }

  @Test
  void windowIsItsBytesAndItsEnd() throws IOException {
    Coder<BoundedWindow> coder = windowFn(false).windowCoder();
    byte[] bytes = written(WINDOW);

    BoundedWindow window = coder.decode(new ByteArrayInputStream(bytes));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    coder.encode(window, again);

    assertThat(window.maxTimestamp(), equalTo(WINDOW.maxTimestamp()));
    assertThat(again.toByteArray(), equalTo(bytes));
    assertThat(window, equalTo(coder.decode(new ByteArrayInputStream(bytes))));
    IntervalWindow other = new IntervalWindow(Instant.ofEpochMilli(-6), WINDOW.end());
    assertThat(window, not(equalTo(coder.decode(new ByteArrayInputStream(written(other))))));
  }

  @Test
  void sdkMayNameAWindowByLess() throws IOException {
    byte[] bytes = written(WINDOW);
    OpaqueWindow window =
        (OpaqueWindow) windowFn(false).windowCoder().decode(new ByteArrayInputStream(bytes));
    ByteArrayOutputStream own = new ByteArrayOutputStream();
    IntervalWindowCoder.of().encode(WINDOW, own);

    assertThat(window.isWrittenAs(bytes), is(true));
    assertThat(window.isWrittenAs(own.toByteArray()), is(true));
    assertThat(window.isWrittenAs(new byte[0]), is(false));
    assertThat(window.isWrittenAs(Arrays.copyOfRange(bytes, 1, bytes.length)), is(false));
    own.reset();
    IntervalWindowCoder.of().encode(new IntervalWindow(Instant.EPOCH, WINDOW.end()), own);
    assertThat(window.isWrittenAs(own.toByteArray()), is(false));
  }

  @Test
  void intervalsAreIntervals() throws IOException {
    Wire wire = Wire.empty();
    String id = wire.coders.wireWindow(wire.add(IntervalWindowCoder.of()));

    assertThat(wire.coders.windows(id), equalTo(IntervalWindowCoder.of()));
  }

  @Test
  void globalWindowIsTheGlobalWindow() throws IOException {
    Wire wire = Wire.empty();
    String id = wire.coders.wireWindow(wire.add(GlobalWindow.Coder.INSTANCE));

    assertThat(wire.coders.windows(id), equalTo(GlobalWindow.Coder.INSTANCE));
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
  void sdkIsAskedWhichWindowsMerge() throws Exception {
    Coder<BoundedWindow> coder = windowFn(true).windowCoder();
    BoundedWindow first = coder.decode(new ByteArrayInputStream(written(WINDOW)));
    BoundedWindow second =
        coder.decode(
            new ByteArrayInputStream(
                written(new IntervalWindow(WINDOW.start(), Instant.ofEpochMilli(11)))));
    WindowFn<Object, BoundedWindow> windowFn =
        windowFn(true).mergedBy(windows -> Map.of(second, List.copyOf(windows)));
    List<String> merged = new ArrayList<>();

    windowFn.mergeWindows(
        windowFn.new MergeContext() {
          @Override
          public Collection<BoundedWindow> windows() {
            return List.of(first, second);
          }

          @Override
          public void merge(Collection<BoundedWindow> toBeMerged, BoundedWindow result) {
            merged.add(toBeMerged + " to " + result);
          }
        });

    assertThat(merged, contains(List.of(first, second) + " to " + second));
    assertThat(windowFn, equalTo(windowFn(true)));
  }

  @Test
  void equalFnsHaveEqualWindows() throws IOException {
    assertThat(windowFn(true), equalTo(windowFn(true)));
    assertThat(windowFn(true), not(equalTo(windowFn(false))));
  }
}
