package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Windows;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the running call of the user's method is about: an element, or a timer that fires. Outputs
 * take over its time, windows, pane and metadata. One per operator, overwritten for every call; the
 * flat form saves the envelope.
 */
final class CurrentElement {

  @Nullable Object value;
  Instant timestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;
  Object windows = GlobalWindow.INSTANCE;
  PaneInfo pane = PaneInfo.NO_FIRING;
  @Nullable Metadata metadata;

  /**
   * Goes on to another element. What neighbours mostly share is compared first: a reference store
   * costs more than that, because the garbage collector listens.
   */
  @SuppressWarnings("ReferenceEquality") // an equal object may just as well be stored
  void set(
      @Nullable Object newValue,
      Instant newTimestamp,
      Object newWindows,
      PaneInfo newPane,
      @Nullable Metadata newMetadata) {
    value = newValue;
    timestamp = newTimestamp;
    if (windows != newWindows) {
      windows = newWindows;
    }
    if (pane != newPane) {
      pane = newPane;
    }
    if (metadata != newMetadata) {
      metadata = newMetadata;
    }
  }

  /** The one window; whoever may ask is called once for each window. */
  BoundedWindow window() {
    if (windows instanceof BoundedWindow window) {
      return window;
    }
    Collection<? extends BoundedWindow> all = Windows.all(windows);
    if (all.size() != 1) {
      throw new IllegalStateException(
          "The element is in " + all.size() + " windows, and the DoFn did not say that it looks");
    }
    return all.iterator().next();
  }

  CausedByDrain causedByDrain() {
    return metadata == null ? CausedByDrain.NORMAL : metadata.causedByDrain();
  }

  @Nullable String recordId() {
    return metadata == null ? null : metadata.recordId();
  }

  @Nullable Long recordOffset() {
    return metadata == null ? null : metadata.recordOffset();
  }

  /** A builder for an output, filled from this element. */
  <T> WindowedValues.Builder<T> builder(T output) {
    return WindowedValues.<T>builder()
        .setValue(output)
        .setTimestamp(timestamp)
        .setWindows(Windows.all(windows))
        .setPaneInfo(pane)
        .setRecordId(recordId())
        .setRecordOffset(recordOffset())
        .setCausedByDrain(causedByDrain());
  }
}
