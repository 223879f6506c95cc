package dev.trestle.runner.operator;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** A step's view of its side inputs: read-only, changed by the task between bundles. */
public interface SideInputs {

  /** Whether the step has any. */
  boolean isEmpty();

  /**
   * Whether every side input that an element in this main-input window reads is ready: a pane has
   * arrived for the mapped window, or the side input's watermark has passed it.
   */
  boolean isReady(BoundedWindow mainWindow);

  /**
   * The value of a view for a side-input window.
   *
   * @throws IllegalArgumentException for a view that is not a side input of the step
   */
  <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow);
}
