package dev.trestle.runner.window;

import java.util.AbstractList;
import java.util.Collection;
import java.util.RandomAccess;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * All windows of a slice: a stretch of time that no sliding window begins or ends within, so that
 * its elements are in the same windows. A grouping can therefore aggregate per slice, and merge the
 * slices of a window when it fires (Li et al., "No pane, no gain", SIGMOD Record 2005).
 *
 * <p>Immutable. Elements of a slice mostly share one instance, but not always.
 */
public final class SlicedWindows extends AbstractList<BoundedWindow> implements RandomAccess {

  private final BoundedWindow[] windows;

  /** The windows of a slice. */
  public SlicedWindows(Collection<? extends BoundedWindow> windows) {
    this.windows = windows.toArray(new BoundedWindow[0]);
  }

  @Override
  public BoundedWindow get(int index) {
    return windows[index];
  }

  @Override
  public int size() {
    return windows.length;
  }
}
