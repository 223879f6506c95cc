package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Metadata;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An element and what is still to be done for it.
 *
 * @param hold the watermark below which it will not output, in milliseconds
 * @param truncated whether a drain has left only this to be done
 */
record Residual(
    @Nullable Object element,
    @Nullable Object restriction,
    @Nullable Object estimatorState,
    Instant timestamp,
    Object windows,
    PaneInfo pane,
    @Nullable Metadata metadata,
    long hold,
    boolean truncated) {

  /** One that no drain has to do with. */
  Residual(
      @Nullable Object element,
      @Nullable Object restriction,
      @Nullable Object estimatorState,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata,
      long hold) {
    this(element, restriction, estimatorState, timestamp, windows, pane, metadata, hold, false);
  }

  /** The same with what a drain leaves to be done. */
  Residual truncatedTo(@Nullable Object newRestriction) {
    return new Residual(
        element, newRestriction, estimatorState, timestamp, windows, pane, metadata, hold, true);
  }

  /** The same with less to be done. */
  Residual with(@Nullable Object newRestriction, @Nullable Object newState, long newHold) {
    return new Residual(
        element, newRestriction, newState, timestamp, windows, pane, metadata, newHold, truncated);
  }

  /** The same in one of its windows. */
  Residual in(BoundedWindow window) {
    return new Residual(
        element, restriction, estimatorState, timestamp, window, pane, metadata, hold, truncated);
  }
}
