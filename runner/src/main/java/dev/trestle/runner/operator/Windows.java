package dev.trestle.runner.operator;

import java.util.Collection;
import java.util.Collections;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The windows of an element as they travel within a stage: the window itself where there is one,
 * which is nearly always, else a collection of them. Saves the wrapping list.
 */
public final class Windows {

  private static final Collection<BoundedWindow> GLOBAL =
      Collections.singletonList(GlobalWindow.INSTANCE);

  private Windows() {}

  /** The flat form of a collection of windows. */
  public static Object flat(Collection<? extends BoundedWindow> windows) {
    return windows.size() == 1 ? windows.iterator().next() : windows;
  }

  /** The flat form of a windowed value's windows. */
  public static Object of(WindowedValue<?> value) {
    return value instanceof WindowedValues.SingleWindowedValue single
        ? single.getWindow()
        : flat(value.getWindows());
  }

  /** All windows of a flat form. */
  @SuppressWarnings("unchecked") // the flat form is either a window or a collection of windows
  public static Collection<? extends BoundedWindow> all(Object windows) {
    if (windows instanceof BoundedWindow window) {
      return window == GlobalWindow.INSTANCE ? GLOBAL : Collections.singletonList(window);
    }
    return (Collection<? extends BoundedWindow>) windows;
  }

  /** The envelope for an element, for Beam interfaces that want one. */
  public static <T> WindowedValue<T> envelope(
      T value, Instant timestamp, Object windows, PaneInfo pane, @Nullable Metadata metadata) {
    String id = metadata == null ? null : metadata.recordId();
    Long offset = metadata == null ? null : metadata.recordOffset();
    CausedByDrain drain = metadata == null ? CausedByDrain.NORMAL : metadata.causedByDrain();
    return windows instanceof BoundedWindow window
        ? WindowedValues.of(value, timestamp, window, pane, id, offset, drain)
        : WindowedValues.of(value, timestamp, all(windows), pane, id, offset, drain);
  }
}
