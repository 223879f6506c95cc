package dev.trestle.runner.sideinput;

import dev.trestle.runner.operator.SideInputs;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * A step's side inputs. A view is applied once for a window and a version of its contents, however
 * often elements ask.
 */
public final class ViewLookup implements SideInputs {

  private static final class View {
    final PCollectionView<?> view;
    final BroadcastInput input;
    final Map<BoundedWindow, @Nullable Object> applied = new HashMap<>();
    int appliedVersion;

    View(PCollectionView<?> view, BroadcastInput input) {
      this.view = view;
      this.input = input;
    }
  }

  private final View[] views;

  private ViewLookup(View[] views) {
    this.views = views;
  }

  /** A lookup over views and, in the same order, where their contents arrive. */
  public static ViewLookup of(List<PCollectionView<?>> views, List<BroadcastInput> inputs) {
    View[] all = new View[views.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = new View(views.get(i), inputs.get(i));
    }
    return new ViewLookup(all);
  }

  @Override
  public boolean isEmpty() {
    return views.length == 0;
  }

  @Override
  public boolean isReady(BoundedWindow mainWindow) {
    for (View view : views) {
      if (!view.input.isReady(view.view.getWindowMappingFn().getSideInputWindow(mainWindow))) {
        return false;
      }
    }
    return true;
  }

  @Override
  @SuppressWarnings("unchecked") // a view's fn makes values of the view's type
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow sideInputWindow) {
    View found = find(view);
    if (found.appliedVersion != found.input.version()) {
      found.applied.clear();
      found.appliedVersion = found.input.version();
    }
    Object value = found.applied.get(sideInputWindow);
    if (value == null) {
      value = apply(found, sideInputWindow);
      found.applied.put(sideInputWindow, value);
    }
    return (T) value;
  }

  @SuppressWarnings("deprecation") // the view's tag is meant for runners
  private View find(PCollectionView<?> wanted) {
    for (View view : views) {
      if (view.view == wanted) {
        return view;
      }
    }
    TupleTag<?> tag = wanted.getTagInternal();
    for (View view : views) {
      if (view.view.getTagInternal().equals(tag)) {
        return view;
      }
    }
    throw new IllegalArgumentException(
        "calling sideInput() with unknown view " + wanted + ": name it in withSideInputs(...)");
  }

  /** Translation admits only views of the two primitive forms; what they are made of is for us. */
  @SuppressWarnings({"unchecked", "deprecation"})
  private static @Nullable Object apply(View view, BoundedWindow window) {
    ViewContents contents = view.input.contents(window);
    if (contents == null) {
      contents = new ViewContents(Collections.emptyList(), view.view.getCoderInternal());
    }
    ViewFn<Object, Object> viewFn = (ViewFn<Object, Object>) view.view.getViewFn();
    return viewFn.apply(contents.primitiveView(viewFn.getMaterialization().getUrn()));
  }
}
