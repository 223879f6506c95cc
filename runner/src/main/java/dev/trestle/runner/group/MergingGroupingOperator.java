package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window where windows merge, as sessions do, and fire either when the watermark
 * passes their end, then once more for late data, or whenever so many elements have come.
 *
 * <p>A key has its own windows here, and they change with its elements. A timer for each would be
 * set anew with nearly every element. Instead a key is looked at again when the earliest end that
 * any of its windows had at the last look has passed: a session that has grown meanwhile is then
 * found not to have ended, and the key waits for its new end. So an element that makes a session
 * longer costs a look into a hash table and two comparisons.
 *
 * <p>Panes, timestamps and drops equal those of {@code ReduceFnRunner}: {@code MergingGroupingTest}
 * compares them on random inputs. Strategies whose panes take their timestamps from elements are
 * left to the general operator.
 */
final class MergingGroupingOperator extends GroupingOperator {

  private final WindowMerging merging;
  private final Lateness lateness;
  private final ActiveKeys active;
  private final ByteKey probe = new ByteKey();

  /** Windows that got elements in this batch after which they may fire. */
  private final List<Filled> filled = new ArrayList<>();

  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private record Filled(KeyWindows key, ActiveWindow window) {}

  MergingGroupingOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      WindowMerging merging,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, output);
    this.merging = merging;
    lateness = new Lateness(rules);
    active =
        new ActiveKeys(
            reduction, new GroupRecords(keys, format.keyByObject(), windowCoder, reduction));
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    super.open(operatorContext);
    watermark = operatorContext.inputWatermark();
    lateness.open(operatorContext);
    active.open(operatorContext, this::due);
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    active.snapshot(out, context().keyGroups());
  }

  @Override
  public void close() {
    active.close();
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  void add(Batch batch) {
    active.bringBack(batch);
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      Object windows = batch.windows(i);
      if (windows instanceof BoundedWindow window) {
        add(batch, i, window);
      } else {
        for (BoundedWindow window : Windows.all(windows)) {
          add(batch, i, window);
        }
      }
    }
    if (!filled.isEmpty()) {
      fireFilled();
    }
    active.batchAdded(batch);
  }

  private void add(Batch batch, int index, BoundedWindow window) {
    if (lateness.drops(window, watermark)) {
      return;
    }
    KeyWindows key = active.get(batch.tableKey(index, probe));
    int before = key.windows.size();
    ActiveWindow joined = merging.join(key.windows, window);
    active.windowsAdded(key.windows.size() - before);
    joined.aggregate = reduction.add(joined.aggregate, batch, index);
    joined.count++;
    if (joined.end < watermark) {
      joined.ended = true;
    }
    if (isReady(joined) && !joined.queued) {
      joined.queued = true;
      filled.add(new Filled(key, joined));
    }
    active.lookAt(key, due(joined));
  }

  private boolean isReady(ActiveWindow window) {
    return rules.firesByCount() ? window.count >= rules.elementCount() : window.ended;
  }

  private void fireFilled() {
    for (Filled candidate : filled) {
      ActiveWindow window = candidate.window;
      window.queued = false;
      if (window.mergedInto == null && isReady(window)) {
        fire(candidate.key, window, false);
      }
    }
    filled.clear();
  }

  /** When something happens to a window next: its end, then its expiry. */
  private long due(ActiveWindow window) {
    return window.ended ? rules.expiry(window.end) : window.end;
  }

  // ---- Time --------------------------------------------------------------------------------

  @Override
  boolean fire(long newWatermark, Slice share) {
    watermark = newWatermark;
    do {
      for (KeyWindows key = next(share); key != null; key = next(share)) {
        fireNext(key);
        share.spend();
      }
      if (share.isUsedUp()) {
        return false;
      }
    } while (active.bringBackBefore(newWatermark));
    active.shrink();
    return true;
  }

  /** A key to be looked at; null if none in memory is, or the share is used up. */
  private @Nullable KeyWindows next(Slice share) {
    return share.isUsedUp() ? null : active.nextBefore(watermark);
  }

  /** Does to a key's windows what is due first, if anything is, and says when to look again. */
  private void fireNext(KeyWindows key) {
    ActiveWindows windows = key.windows;
    int next = earliest(windows);
    ActiveWindow window = windows.get(next);
    if (due(window) < watermark) {
      if (window.ended || rules.expiry(window.end) < watermark) {
        fire(key, window, true);
        reduction.release(window.aggregate);
        windows.remove(next);
        active.windowsAdded(-1);
      } else {
        end(key, window);
      }
    }
    if (windows.size() == 0) {
      active.remove(key);
    } else {
      active.lookAt(key, due(windows.get(earliest(windows))));
    }
  }

  private int earliest(ActiveWindows windows) {
    int earliest = 0;
    for (int i = 1; i < windows.size(); i++) {
      if (due(windows.get(i)) < due(windows.get(earliest))) {
        earliest = i;
      }
    }
    return earliest;
  }

  /** The watermark has passed a window that stays for late data. */
  private void end(KeyWindows key, ActiveWindow window) {
    window.ended = true;
    if (!rules.firesByCount()) {
      fire(key, window, false);
    } else if (window.count > 0) {
      active.hold(window);
    }
  }

  /** Fires a pane, if there is something to be said. */
  private void fire(KeyWindows key, ActiveWindow window, boolean last) {
    Timing timing = timing(window);
    boolean wanted =
        window.count > 0
            || (timing == Timing.ON_TIME && rules.emptyOnTime())
            || (last && rules.emptyClosing());
    if (wanted) {
      int index = window.firings++;
      int nonSpeculative = timing == Timing.EARLY ? -1 : window.firingsSinceEnd++;
      emit(
          keys.decode(key.key()),
          reduction.output(window.aggregate),
          Instant.ofEpochMilli(window.end),
          window.window(),
          PaneInfo.createPane(index == 0, last, timing, index, nonSpeculative));
    }
    window.count = 0;
    window.held = false;
    if (rules.discarding()) {
      reduction.release(window.aggregate);
      window.aggregate = Reduction.ABSENT;
    }
  }

  /** Only one pane can be on time, and only if the output watermark has not gone by. */
  private Timing timing(ActiveWindow window) {
    if (window.firingsSinceEnd > 0 || window.end < context().outputWatermark()) {
      return Timing.LATE;
    }
    return window.end < watermark ? Timing.ON_TIME : Timing.EARLY;
  }

  @Override
  public long hold() {
    return active.hold();
  }
}
