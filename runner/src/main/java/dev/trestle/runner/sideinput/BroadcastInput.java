package dev.trestle.runner.sideinput;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What one task has received of one side input. Changed by the task between bundles; read by its
 * operators.
 *
 * <p>A window's contents are kept until nobody can read them any more. By the contract of {@code
 * WindowMappingFn}, every main-input window that is mapped to a window has ended at the latest its
 * {@code maximumLookback} after it, and is read for until it expires, its allowed lateness later.
 * So the contents go when the main-input watermark has passed the window's end and the sum of the
 * two, the greatest that any reader of the task asks for. What does not end before the global
 * window does is kept.
 */
public final class BroadcastInput {

  private static final String PANES = "panes";
  private static final String WATERMARKS = "watermarks";

  /** How long to keep contents for a reader whose own windows do not end. */
  static final long FOR_EVER = Long.MAX_VALUE;

  private static final long GLOBAL_END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private final Map<BoundedWindow, ViewContents> panes = new HashMap<>();
  private final WindowingStrategy<?, BoundedWindow> strategy;
  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long mainWatermark = watermark;

  /** How long after its end a window is read at most, in milliseconds of the main input's time. */
  private long retention;

  /** The main-input watermark beyond which there is something to drop. */
  private long nextDrop = Long.MAX_VALUE;

  private int version;
  private int panesAccepted;

  /**
   * An input that has received nothing.
   *
   * @param strategy of the collection that the side input is made of
   */
  public BroadcastInput(WindowingStrategy<?, BoundedWindow> strategy) {
    this.strategy = strategy;
  }

  /**
   * Says, before anything arrives, that there is a reader.
   *
   * @param millis how long after the end of a window its contents may be read, in the reader's
   *     event time; or {@link #FOR_EVER}
   */
  void retain(long millis) {
    retention = Math.max(retention, millis);
  }

  /** Replaces a window's contents, unless nobody will read them. */
  public void accept(ViewPane pane) {
    BoundedWindow window = pane.window();
    if (!isDropped(window)) {
      panes.put(window, pane.contents());
      nextDrop = Math.min(nextDrop, lastRead(window));
      version++;
      panesAccepted++;
    }
  }

  /**
   * Says that whatever reads the side input from now on does so for main-input windows that expire
   * at {@code millis} or later, and drops what cannot be read any more.
   */
  public void advanceMainWatermark(long millis) {
    mainWatermark = Math.max(mainWatermark, millis);
    if (mainWatermark > nextDrop) {
      panes.keySet().removeIf(this::isDropped);
      nextDrop = Long.MAX_VALUE;
      for (BoundedWindow window : panes.keySet()) {
        nextDrop = Math.min(nextDrop, lastRead(window));
      }
      version++;
    }
  }

  /** As last told, in milliseconds. */
  long mainWatermark() {
    return mainWatermark;
  }

  /** Whether a window's contents have been dropped or would be, should they still come. */
  boolean isDropped(BoundedWindow window) {
    return mainWatermark > lastRead(window);
  }

  /** The main-input watermark up to which a window may be read. */
  private long lastRead(BoundedWindow window) {
    long end = window.maxTimestamp().getMillis();
    return retention >= GLOBAL_END - end ? Long.MAX_VALUE : end + retention;
  }

  /** The windows that have contents, as they are at any time. */
  Set<BoundedWindow> windows() {
    return Collections.unmodifiableSet(panes.keySet());
  }

  /** How many windows have contents. */
  int size() {
    return panes.size();
  }

  /** Says that the side input's watermark has reached {@code millis}. */
  public void advanceWatermark(long millis) {
    watermark = Math.max(watermark, millis);
    version++;
  }

  /**
   * Section {@code panes}: windows and the elements of each. Section {@code watermarks}: that of
   * the side input and that of its readers, in milliseconds.
   *
   * @param windowCoder of the side input
   */
  public void snapshot(SnapshotWriter out, Coder<BoundedWindow> windowCoder) throws IOException {
    ByteSink watermarks = out.section(WATERMARKS).unkeyed();
    watermarks.writeLong(watermark);
    watermarks.writeLong(mainWatermark);
    for (Map.Entry<BoundedWindow, ViewContents> pane : panes.entrySet()) {
      ByteSink record = out.section(PANES).unkeyed();
      windowCoder.encode(pane.getKey(), record);
      pane.getValue().write(record);
    }
  }

  /**
   * Takes back what {@link #snapshot} wrote in all tasks: what any of them still needs.
   *
   * @param coder of the side input's elements
   */
  public void restore(RestoredState from, Coder<BoundedWindow> windowCoder, Coder<?> coder)
      throws IOException {
    long[] main = {Long.MAX_VALUE};
    from.read(
        WATERMARKS,
        (keyGroup, record) -> {
          DataInputStream in = new DataInputStream(record);
          watermark = Math.max(watermark, in.readLong());
          main[0] = Math.min(main[0], in.readLong());
        });
    mainWatermark = main[0] == Long.MAX_VALUE ? mainWatermark : main[0];
    from.read(
        PANES,
        (keyGroup, record) -> {
          BoundedWindow window = windowCoder.decode(record);
          accept(new ViewPane(window, ViewContents.read(record, coder)));
        });
  }

  /** Changes whenever the contents or the watermark do. */
  int version() {
    return version;
  }

  /** Changes whenever the contents of a window are replaced. */
  int panesAccepted() {
    return panesAccepted;
  }

  /**
   * Whether a window's contents can be read: a pane has come, or none will. That is sure when the
   * watermark has passed the moment by which the trigger must have fired, or the window's expiry,
   * or when the contents would be dropped.
   */
  boolean isReady(BoundedWindow window) {
    return panes.containsKey(window)
        || watermark >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        || watermark > mustHaveFired(window)
        || isDropped(window);
  }

  private long mustHaveFired(BoundedWindow window) {
    long fired = strategy.getTrigger().getWatermarkThatGuaranteesFiring(window).getMillis();
    return Math.min(fired, LateDataUtils.garbageCollectionTime(window, strategy).getMillis());
  }

  @Nullable ViewContents contents(BoundedWindow window) {
    return panes.get(window);
  }
}
