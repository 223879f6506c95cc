package dev.trestle.runner.operator;

/**
 * An operator that keeps elements back until something has come that is not an element: side
 * inputs, or a checkpoint that makes the elements stable. Those count in {@link Operator#hold}.
 *
 * <p>When it has come (a pane, a watermark of a side input, a commit) the task says so between
 * bundles, then calls {@link #release} within one bundle or more, until it returns true. New
 * elements may come in between; they do not overtake those that wait for the same.
 */
public interface WaitingOperator {

  /**
   * Says, between bundles, that panes or watermarks of side inputs have come, or that main-input
   * windows may have expired. Does no work.
   */
  void sideInputsChanged();

  /**
   * Says, between bundles, that the last checkpoint for which a snapshot was taken has been
   * committed. Does no work.
   */
  void checkpointCommitted();

  /**
   * Goes on with kept-back elements that wait no longer, within a bundle.
   *
   * @return whether all that may go on have; false when the slice was used up first
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
