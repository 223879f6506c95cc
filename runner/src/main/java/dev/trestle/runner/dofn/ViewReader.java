package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.SideInputs;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** Side inputs as the user's code asks for them: by view or by local name. */
final class ViewReader {

  private final Map<String, PCollectionView<?>> views;
  private final SideInputs sideInputs;

  /** The last answer; side inputs do not change within a bundle. */
  private @Nullable PCollectionView<?> lastView;

  private @Nullable BoundedWindow lastWindow;
  private @Nullable Object lastValue;

  ViewReader(Map<String, PCollectionView<?>> views, SideInputs sideInputs) {
    this.views = views;
    this.sideInputs = sideInputs;
  }

  void startBundle() {
    lastView = null;
    lastWindow = null;
    lastValue = null;
  }

  /** The value of a side input for an element in {@code mainWindow}. */
  @SuppressWarnings({
    "unchecked", // a view's value has the view's type
    "ReferenceEquality" // a cache by identity: a miss costs no more than the look-up
  })
  <T> @Nullable T get(PCollectionView<T> view, BoundedWindow mainWindow) {
    if (view == lastView && mainWindow == lastWindow) {
      return (T) lastValue;
    }
    T value = sideInputs.get(view, view.getWindowMappingFn().getSideInputWindow(mainWindow));
    lastView = view;
    lastWindow = mainWindow;
    lastValue = value;
    return value;
  }

  /** The same by local name. */
  @Nullable Object get(String tag, BoundedWindow mainWindow) {
    PCollectionView<?> view = views.get(tag);
    if (view == null) {
      throw new IllegalArgumentException("Unknown side input " + tag);
    }
    return get(view, mainWindow);
  }
}
