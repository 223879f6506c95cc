package dev.trestle.runner.sideinput;

import dev.trestle.translation.graph.HarnessSpec;
import java.util.function.UnaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A side input as a step reads it.
 *
 * @param tag by which the step's node names it
 * @param mapping from windows of the main input
 * @param maximumLookback how long at most before a window of the main input the one ends that it is
 *     mapped to
 * @param elementCoder of what it is made of
 * @param view what user code in this process asks for; null where the elements themselves are read
 */
public record ReadView(
    String tag,
    UnaryOperator<BoundedWindow> mapping,
    Duration maximumLookback,
    Coder<?> elementCoder,
    @Nullable PCollectionView<?> view) {

  /** One that is read as a view. */
  @SuppressWarnings("deprecation") // tag and coder of a view are meant for runners
  public static ReadView of(PCollectionView<?> view) {
    WindowMappingFn<?> mapping = view.getWindowMappingFn();
    return new ReadView(
        view.getTagInternal().getId(),
        mapping::getSideInputWindow,
        mapping.maximumLookback(),
        view.getCoderInternal(),
        view);
  }

  /** One whose elements are read. Windows are mapped as all SDKs do by default. */
  public static ReadView of(HarnessSpec.SideInput sideInput) {
    WindowMappingFn<?> mapping =
        sideInput.elements().windowing().getWindowFn().getDefaultWindowMappingFn();
    return new ReadView(
        sideInput.tag(),
        mapping::getSideInputWindow,
        mapping.maximumLookback(),
        sideInput.elements().coder(),
        null);
  }

  /** The window that is read for elements in a window of the main input. */
  BoundedWindow windowFor(BoundedWindow mainWindow) {
    return mapping.apply(mainWindow);
  }

  /** What maps windows, for errors. */
  String mapper() {
    return view == null ? "its SDK" : view.getWindowMappingFn().getClass().getName();
  }
}
