package dev.trestle.runner.sideinput;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns each pane of a grouped side input into contents that any task may read. */
public final class ViewPublisher implements Receiver {

  private final Coder<Object> coder;
  private final Receiver output;
  private @Nullable ContentsStore store;

  /**
   * A publisher.
   *
   * @param coder of the side input's elements
   * @param output takes {@link ViewPane}s
   */
  @SuppressWarnings("unchecked") // elements of a collection fit its coder
  public ViewPublisher(Coder<?> coder, Receiver output) {
    this.coder = (Coder<Object>) coder;
    this.output = output;
  }

  /** Gets ready; before the first pane. */
  void open(OperatorContext context) {
    store = new ContentsStore(context.memory(), context.spill(), coder);
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (store == null
        || !(value instanceof KV<?, ?> kv)
        || !(kv.getValue() instanceof Iterable<?> values)) {
      throw new IllegalStateException("A view publishes grouped elements, once it is open");
    }
    ViewContents contents = new ViewContents(store.store(values), coder);
    for (BoundedWindow window : Windows.all(windows)) {
      output.accept(new ViewPane(window, contents), timestamp, window, pane, metadata);
    }
  }
}
