package dev.trestle.runner.operator;

/**
 * An operator that keeps elements back until their side inputs are ready. They count in {@link
 * Operator#hold}.
 *
 * <p>When a side input has changed (a pane has come, its watermark has moved) the task calls {@link
 * #sideInputsChanged} between bundles, then {@link #release} within one bundle or more, until it
 * returns true. Elements may come in between; they do not overtake those that wait for the same
 * window.
 */
public interface ReadsSideInputs {

  /** Says that side inputs have changed. Does no work. Between bundles. */
  void sideInputsChanged();

  /**
   * Hands on what waits and has become ready. Within a bundle.
   *
   * @return whether nothing is left that is ready; false when the slice was used up first
   */
  boolean release(Slice slice);
}
