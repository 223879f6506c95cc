package dev.trestle.runner.sideinput;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Windows;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns each pane of a grouped side input into contents that any task may read. */
public final class ViewPublisher implements Receiver {

  private final Coder<?> coder;
  private final Receiver output;

  /**
   * A publisher.
   *
   * @param coder of the side input's elements
   * @param output takes {@link ViewPane}s
   */
  public ViewPublisher(Coder<?> coder, Receiver output) {
    this.coder = coder;
    this.output = output;
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (!(value instanceof KV<?, ?> kv) || !(kv.getValue() instanceof Iterable<?> values)) {
      throw new IllegalArgumentException("A view publishes grouped elements");
    }
    List<Object> elements = new ArrayList<>();
    for (Object element : values) {
      elements.add(element);
    }
    ViewContents contents = new ViewContents(elements, coder);
    for (BoundedWindow window : Windows.all(windows)) {
      output.accept(new ViewPane(window, contents), timestamp, window, pane, metadata);
    }
  }
}
