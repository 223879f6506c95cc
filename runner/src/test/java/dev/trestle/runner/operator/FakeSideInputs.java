package dev.trestle.runner.operator;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** One side input whose value per main-input window the test sets. */
public final class FakeSideInputs implements SideInputs {

  private final Map<BoundedWindow, Object> ready = new HashMap<>();

  /** How often readiness was asked for. */
  public int questions;

  public void set(BoundedWindow window, Object value) {
    ready.put(window, value);
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public boolean isReady(BoundedWindow mainWindow) {
    questions++;
    return ready.containsKey(mainWindow);
  }

  @Override
  @SuppressWarnings("unchecked") // the test sets values of the view's type
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    return (T) ready.get(sideInputWindow);
  }
}
