package dev.trestle.runner.sideinput;

import dev.trestle.runner.operator.SideInputs;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.transforms.Materializations.IterableView;
import org.apache.beam.sdk.transforms.Materializations.MultimapView;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A step's side inputs. A view is applied once for a window and a version of its contents, however
 * often elements ask.
 */
public final class ViewLookup implements SideInputs {

  private static final class View {
    final ReadView read;
    final BroadcastInput input;
    final Map<BoundedWindow, @Nullable Object> applied = new HashMap<>();
    int appliedVersion;

    View(ReadView read, BroadcastInput input) {
      this.read = read;
      this.input = input;
    }
  }

  private final String step;
  private final Duration allowedLateness;
  private final View[] views;

  private ViewLookup(String step, Duration allowedLateness, View[] views) {
    this.step = step;
    this.allowedLateness = allowedLateness;
    this.views = views;
  }

  /** A lookup for a step without side inputs. */
  public static ViewLookup none() {
    return new ViewLookup("", Duration.ZERO, new View[0]);
  }

  /**
   * A lookup.
   *
   * @param step the transform that reads, for errors
   * @param main the windowing of its main input
   * @param inputs where the contents of views arrive, in the order of {@code views}
   */
  public static ViewLookup of(
      String step,
      WindowingStrategy<?, ?> main,
      List<ReadView> views,
      List<BroadcastInput> inputs) {
    View[] all = new View[views.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = new View(views.get(i), inputs.get(i));
      inputs.get(i).retain(retention(views.get(i), main));
    }
    return new ViewLookup(step, main.getAllowedLateness(), all);
  }

  private static long retention(ReadView view, WindowingStrategy<?, ?> main) {
    if (main.getWindowFn() instanceof GlobalWindows) {
      return BroadcastInput.FOR_EVER;
    }
    long lookback = view.maximumLookback().getMillis();
    long lateness = main.getAllowedLateness().getMillis();
    return lookback > Long.MAX_VALUE - lateness ? BroadcastInput.FOR_EVER : lookback + lateness;
  }

  /** How many windows' contents the side inputs hold at the moment. */
  public int size() {
    int size = 0;
    for (View view : views) {
      size += view.input.size();
    }
    return size;
  }

  @Override
  public boolean isEmpty() {
    return views.length == 0;
  }

  @Override
  public boolean isReady(BoundedWindow mainWindow) {
    for (View view : views) {
      if (!view.input.isReady(view.read.windowFor(mainWindow))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean isExpired(BoundedWindow mainWindow) {
    for (View view : views) {
      if (view.input.mainWatermark() > mainWindow.maxTimestamp().getMillis()
          && isExpired(mainWindow, view.input.mainWatermark())
          && view.input.isDropped(view.read.windowFor(mainWindow))) {
        return true;
      }
    }
    return false;
  }

  private boolean isExpired(BoundedWindow mainWindow, long mainWatermark) {
    return LateDataUtils.garbageCollectionTime(mainWindow, allowedLateness).getMillis()
        < mainWatermark;
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
      value = apply(found, view, sideInputWindow);
      found.applied.put(sideInputWindow, value);
    }
    return (T) value;
  }

  @SuppressWarnings("deprecation") // the view's tag is meant for runners
  private View find(PCollectionView<?> wanted) {
    for (View view : views) {
      if (view.read.view() == wanted) {
        return view;
      }
    }
    String tag = wanted.getTagInternal().getId();
    for (View view : views) {
      if (view.read.tag().equals(tag)) {
        return view;
      }
    }
    throw new IllegalArgumentException(
        "calling sideInput() with unknown view " + wanted + ": name it in withSideInputs(...)");
  }

  /** Translation admits only views of the two primitive forms; what they are made of is for us. */
  @SuppressWarnings({"unchecked", "deprecation"})
  private @Nullable Object apply(View view, PCollectionView<?> wanted, BoundedWindow window) {
    ViewFn<Object, Object> viewFn = (ViewFn<Object, Object>) wanted.getViewFn();
    return viewFn.apply(contents(view, window).primitiveView(viewFn.getMaterialization().getUrn()));
  }

  private ViewContents contents(View view, BoundedWindow window) {
    ViewContents contents = view.input.contents(window);
    if (contents == null) {
      checkNotDropped(view, window);
      return new ViewContents(Collections.emptyList(), view.read.elementCoder());
    }
    return contents;
  }

  @Override
  public IterableView<Object> elements(String tag, BoundedWindow sideInputWindow) {
    return contents(find(tag), sideInputWindow).elements();
  }

  @Override
  public MultimapView<Object, Object> multimap(String tag, BoundedWindow sideInputWindow) {
    return contents(find(tag), sideInputWindow).multimap();
  }

  @Override
  public Set<BoundedWindow> windows(String tag) {
    return find(tag).input.windows();
  }

  @Override
  public int version(String tag) {
    return find(tag).input.panesAccepted();
  }

  private View find(String tag) {
    for (View view : views) {
      if (view.read.tag().equals(tag)) {
        return view;
      }
    }
    throw new IllegalArgumentException(step + " has no side input " + tag);
  }

  /** Who reads for a window that has not expired must find what is mapped to it. */
  private void checkNotDropped(View view, BoundedWindow window) {
    if (view.input.isDropped(window)) {
      throw new IllegalStateException(
          String.format(
              "%s reads window %s of a side input after it was dropped: %s maps a main-input window"
                  + " further back than the %d ms of its maximumLookback(). Give the constructor of"
                  + " WindowMappingFn the longest lookback.",
              step, window, view.read.mapper(), view.read.maximumLookback().getMillis()));
    }
  }
}
