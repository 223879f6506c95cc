package dev.trestle.runner.operator;

/** An operator that reads side inputs, and keeps elements back until they are ready. */
public interface SideInputReader {

  /** Says, between bundles, that panes or watermarks of side inputs have come. */
  void sideInputsChanged();

  /**
   * Goes on with kept-back elements whose side inputs are ready by now, within a bundle.
   *
   * @return whether all that are ready have gone on; false when the slice was used up first
   */
  boolean release(Slice slice);
}
