package dev.trestle.runner.sideinput;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * What one task has received of one side input. Changed by the task between bundles; read by its
 * operators.
 */
public final class BroadcastInput {

  private final Map<BoundedWindow, ViewContents> panes = new HashMap<>();
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private int version;

  /** Replaces a window's contents. */
  public void accept(ViewPane pane) {
    panes.put(pane.window(), pane.contents());
    version++;
  }

  /** Says that the side input's watermark has reached {@code millis}. */
  public void advanceWatermark(long millis) {
    watermark = millis;
    version++;
  }

  /** Changes whenever the contents or the watermark do. */
  int version() {
    return version;
  }

  boolean isReady(BoundedWindow window) {
    return panes.containsKey(window)
        || watermark > window.maxTimestamp().getMillis()
        || watermark >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  }

  @Nullable ViewContents contents(BoundedWindow window) {
    return panes.get(window);
  }
}
