package dev.trestle.runner.operator;

import java.util.Set;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** A step's view of its side inputs: read-only, changed by the task between bundles. */
public interface SideInputs {

  /** Whether the step has any. */
  boolean isEmpty();

  /**
   * Whether every side input that an element in this main-input window reads is ready: a pane has
   * arrived for the mapped window, or the side input's watermark has passed it, or the main input
   * is past it.
   */
  boolean isReady(BoundedWindow mainWindow);

  /**
   * Whether a main-input window is so long over that contents of side inputs for it have been
   * dropped: an element in it is too late for the step. Windows that are not expired never are.
   */
  boolean isExpired(BoundedWindow mainWindow);

  /**
   * The value of a view for a side-input window.
   *
   * @throws IllegalArgumentException for a view that is not a side input of the step
   * @throws IllegalStateException for a window whose contents have been dropped, which means that
   *     the view's window mapping looks back further than it says
   */
  <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow);

  /**
   * The elements of a side input for a side-input window; none where no pane has come.
   *
   * @param tag by which the step's node names it
   * @throws IllegalArgumentException for a tag that is not one of the step's
   * @throws IllegalStateException for a window whose contents have been dropped, as above
   */
  IterableView<Object> elements(String tag, BoundedWindow sideInputWindow);

  /** The same by key; keys are equal where their encodings are. */
  MultimapView<Object, Object> multimap(String tag, BoundedWindow sideInputWindow);

  /** The windows of a side input that have contents at the moment. */
  Set<BoundedWindow> windows(String tag);

  /** A number that changes whenever the contents of a side input do. */
  int version(String tag);
}
