package dev.trestle.runner.operator;

/**
 * An operator that reads side inputs, and keeps elements back until they are ready. Those count in
 * {@link Operator#hold}.
 *
 * <p>When a side input has changed (a pane has come, its watermark has moved) the task calls {@link
 * #sideInputsChanged} between bundles, then {@link #release} within one bundle or more, until it
 * returns true. New elements may come in between; they do not overtake those that wait for the same
 * window.
 */
public interface SideInputReader {

  /**
   * Says, between bundles, that panes or watermarks of side inputs have come, or that main-input
   * windows may have expired. Does no work.
   */
  void sideInputsChanged();

  /**
   * Goes on with kept-back elements whose side inputs are ready by now, within a bundle.
   *
   * @return whether all that are ready have gone on; false when the slice was used up first
   */
  boolean release(Slice slice);

  /** Whether elements are kept back. */
  boolean isWaiting();

  /**
   * The least end, in milliseconds, of the windows for which elements accepted so far may still
   * read side inputs, as far as {@link Operator#hold} does not tell: a restriction goes on in its
   * element's window, but holds the watermark where it stands itself. {@code Long.MAX_VALUE} where
   * there are none.
   */
  long earliestWindowEnd();
}
