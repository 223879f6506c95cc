package dev.trestle.runner.harness;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Collection;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements.DrainMode;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements.ElementMetadata;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.PaneInfoCoder;
import org.apache.beam.sdk.util.VarInt;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Elements of a collection as they travel to a worker and back: timestamp, windows, pane, value,
 * one element behind the other, as {@code WindowedValues.FullWindowedValueCoder} lays them out. No
 * envelope is made for them. Not thread safe.
 */
final class ElementWire {

  /** Instants are written so that their bytes have their order. */
  private static final long TIME_SHIFT = Long.MIN_VALUE;

  /** A pane whose byte has one of these bits has more bytes, or metadata behind it. */
  private static final int MORE_OF_PANE = 0xf0;

  /** The panes that are a byte, by that byte. */
  private static final PaneInfo[] PANES = new PaneInfo[16];

  static {
    Arrays.setAll(PANES, encoded -> PaneInfo.decodePane((byte) encoded));
  }

  private final Coder<Object> coder;
  private final Coder<BoundedWindow> windowCoder;
  private final @Nullable GroupWriter groups;

  /** That of the last element: neighbours often have the same. */
  private Instant lastTimestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;

  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  ElementWire(Collection collection) {
    coder = (Coder<Object>) collection.coder();
    windowCoder = collection.windowCoder();
    groups = GroupWriter.of(coder);
  }

  /** Writes an element. Its metadata stay here: not every worker reads them. */
  @SuppressWarnings("NullAway") // a coder that admits null takes it, any other says so itself
  void write(@Nullable Object value, Instant timestamp, Object windows, PaneInfo pane, ByteSink to)
      throws IOException {
    writeHeader(timestamp.getMillis(), windows, pane, to);
    if (groups == null || !groups.write(value, to)) {
      coder.encode(value, to);
    }
  }

  /** Writes all of an element but its value. */
  void writeHeader(long timestamp, Object windows, PaneInfo pane, ByteSink to) throws IOException {
    to.writeLong(timestamp - TIME_SHIFT);
    if (windows instanceof BoundedWindow window) {
      to.writeInt(1);
      windowCoder.encode(window, to);
    } else {
      java.util.Collection<? extends BoundedWindow> all = Windows.all(windows);
      to.writeInt(all.size());
      for (BoundedWindow window : all) {
        windowCoder.encode(window, to);
      }
    }
    PaneInfoCoder.INSTANCE.encode(pane, to);
  }

  /** Reads one element and hands it on. */
  void read(ByteSource from, Receiver to) throws IOException {
    Instant timestamp = timestamp(from.readLong() + TIME_SHIFT);
    Object windows = readWindows(from);
    int simplePane = from.peek();
    PaneInfo pane;
    Metadata metadata = null;
    if ((simplePane & MORE_OF_PANE) == 0) {
      from.pass(1);
      pane = PANES[simplePane];
    } else {
      pane = PaneInfoCoder.INSTANCE.decode(from);
      if (pane.isElementMetadata()) {
        pane = pane.withElementMetadata(false);
        metadata = readMetadata(from);
      }
    }
    to.accept(coder.decode(from), timestamp, windows, pane, metadata);
  }

  private Instant timestamp(long millis) {
    if (lastTimestamp.getMillis() != millis) {
      lastTimestamp = Instant.ofEpochMilli(millis);
    }
    return lastTimestamp;
  }

  /** The least end of the windows of an element, in milliseconds. */
  long earliestEnd(ByteString element) {
    byte[] bytes = element.toByteArray();
    try {
      Object windows = readWindows(new ByteSource(bytes, Long.BYTES, bytes.length));
      long least = Long.MAX_VALUE;
      for (BoundedWindow window : Windows.all(windows)) {
        least = Math.min(least, window.maxTimestamp().getMillis());
      }
      return least;
    } catch (IOException e) {
      throw new IllegalArgumentException("Not an encoded element", e);
    }
  }

  private Object readWindows(ByteSource from) throws IOException {
    int count = from.readInt();
    if (count == 1) {
      return windowCoder.decode(from);
    }
    List<BoundedWindow> windows = new ArrayList<>();
    if (count < 0) {
      for (long block = VarInt.decodeLong(from); block > 0; block = VarInt.decodeLong(from)) {
        for (long i = 0; i < block; i++) {
          windows.add(windowCoder.decode(from));
        }
      }
      return Windows.flat(windows);
    }
    for (int i = 0; i < count; i++) {
      windows.add(windowCoder.decode(from));
    }
    return windows;
  }

  private static @Nullable Metadata readMetadata(ByteSource from) throws IOException {
    byte[] bytes = ByteArrayCoder.of().decode(from);
    if (bytes == null) {
      throw new EOFException();
    }
    return ElementMetadata.parseFrom(bytes).getDrain() == DrainMode.Enum.DRAINING
        ? Metadata.DRAIN
        : null;
  }
}
