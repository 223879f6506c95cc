package dev.trestle.runner.exchange;

import dev.trestle.runner.operator.Metadata;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sends every item to every task. Its elements are whole panes of a side input, so they are stream
 * items already.
 */
public final class BroadcastEdgeWriter extends OutletWriter {

  public BroadcastEdgeWriter(List<SingleWriterChannel> channels, Relief relief) {
    super(new Outlet(channels, relief));
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    if (!(value instanceof StreamItem.Elements contents)) {
      throw new IllegalArgumentException("A broadcast edge carries panes of a side input");
    }
    outlet.broadcast(contents);
  }

  @Override
  public void flush() {}
}
