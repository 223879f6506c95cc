package dev.trestle.runner.sideinput;

import java.util.HashMap;
import java.util.Map;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What one task has received of one side input. Changed by the task between bundles; read by its
 * operators.
 */
public final class BroadcastInput {

  private final Map<BoundedWindow, ViewContents> panes = new HashMap<>();
  private final WindowingStrategy<?, BoundedWindow> strategy;
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private int version;

  /**
   * An input that has received nothing.
   *
   * @param strategy of the collection that the side input is made of
   */
  public BroadcastInput(WindowingStrategy<?, BoundedWindow> strategy) {
    this.strategy = strategy;
  }

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

  /**
   * Whether a window's contents can be read: a pane has come, or none will. That is sure when the
   * watermark has passed the moment by which the trigger must have fired, or the window's expiry.
   */
  boolean isReady(BoundedWindow window) {
    return panes.containsKey(window)
        || watermark >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        || watermark > mustHaveFired(window);
  }

  private long mustHaveFired(BoundedWindow window) {
    long fired = strategy.getTrigger().getWatermarkThatGuaranteesFiring(window).getMillis();
    return Math.min(fired, LateDataUtils.garbageCollectionTime(window, strategy).getMillis());
  }

  @Nullable ViewContents contents(BoundedWindow window) {
    return panes.get(window);
  }
}
