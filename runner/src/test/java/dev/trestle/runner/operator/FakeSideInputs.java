package dev.trestle.runner.operator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/** One side input whose value per main-input window the test sets. */
public final class FakeSideInputs implements SideInputs {

  private final Map<BoundedWindow, Object> ready = new HashMap<>();

  /** Main-input windows for which nothing is there any more. */
  public final Set<BoundedWindow> expired = new HashSet<>();

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
    return ready.containsKey(mainWindow) || expired.contains(mainWindow);
  }

  @Override
  public boolean isExpired(BoundedWindow mainWindow) {
    return expired.contains(mainWindow);
  }

  @Override
  @SuppressWarnings("unchecked") // the test sets values of the view's type
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    return (T) ready.get(sideInputWindow);
  }

  @Override
  public IterableView<Object> elements(String tag, BoundedWindow sideInputWindow) {
    throw new AssertionError("There are only values of views");
  }

  @Override
  public Set<BoundedWindow> windows(String tag) {
    throw new AssertionError("There are only values of views");
  }

  @Override
  public MultimapView<Object, Object> multimap(String tag, BoundedWindow sideInputWindow) {
    throw new AssertionError("There are only values of views");
  }

  @Override
  public int version(String tag) {
    throw new AssertionError("There are only values of views");
  }
}
