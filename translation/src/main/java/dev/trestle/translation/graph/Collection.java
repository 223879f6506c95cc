package dev.trestle.translation.graph;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * A PCollection.
 *
 * @param id its id in the pipeline proto
 * @param coder of its elements
 * @param windowing its windowing strategy, {@code merge_status} restored
 * @param bounded whether it ends by itself
 */
public record Collection(
    String id, Coder<?> coder, WindowingStrategy<?, ?> windowing, boolean bounded) {

  /** The coder of the collection's windows. */
  @SuppressWarnings("unchecked") // the window fn of a collection made every window in it
  public Coder<BoundedWindow> windowCoder() {
    return (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
  }
}
