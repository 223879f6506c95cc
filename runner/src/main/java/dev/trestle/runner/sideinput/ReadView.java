package dev.trestle.runner.sideinput;

import dev.trestle.translation.graph.HarnessSpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * A side input as a step reads it.
 *
 * @param tag by which the step's node names it
 * @param mapping from windows of the main input
 * @param elementCoder of what it is made of
 * @param view what user code in this process asks for; null where the elements themselves are read
 */
public record ReadView(
    String tag,
    WindowMappingFn<?> mapping,
    Coder<?> elementCoder,
    @Nullable PCollectionView<?> view) {

  /** One that is read as a view. */
  @SuppressWarnings("deprecation") // tag and coder of a view are meant for runners
  public static ReadView of(PCollectionView<?> view) {
    return new ReadView(
        view.getTagInternal().getId(), view.getWindowMappingFn(), view.getCoderInternal(), view);
  }

  /** One whose elements are read. Windows are mapped as all SDKs do by default. */
  public static ReadView of(HarnessSpec.SideInput sideInput) {
    return new ReadView(
        sideInput.tag(),
        sideInput.elements().windowing().getWindowFn().getDefaultWindowMappingFn(),
        sideInput.elements().coder(),
        null);
  }

  /** The window that is read for elements in a window of the main input. */
  BoundedWindow windowFor(BoundedWindow mainWindow) {
    return mapping.getSideInputWindow(mainWindow);
  }
}
