package dev.trestle.runner.operator;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Keeps what it is given. */
public final class CollectingReceiver implements Receiver {

  private final List<WindowedValue<Object>> elements = new ArrayList<>();
  private final List<Object> windows = new ArrayList<>();

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object elementWindows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    elements.add(Windows.envelope(value, timestamp, elementWindows, pane, metadata));
    windows.add(elementWindows);
  }

  public List<WindowedValue<Object>> elements() {
    return elements;
  }

  /** The windows of each element in flat form. */
  public List<Object> windows() {
    return windows;
  }

  public List<Object> values() {
    return elements.stream().map(WindowedValue::getValue).toList();
  }
}
