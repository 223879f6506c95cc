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
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups by key and window where windows do not merge and fire when the watermark passes their end,
 * then once more for late data.
 *
 * <p>{@code ReduceFnRunner} keeps state by key: a buffer, a hold, a pane and two timers for every
 * key and window, found anew for every element. But with this trigger all keys of a window fire at
 * the same time and in the same way. So state is kept by window, with <em>one</em> timer for all
 * keys, and a key costs a place in a hash table.
 *
 * <p>A window lives through two stages. Until the watermark passes its end its elements are in the
 * {@link SliceStore}, and nothing is known of a key but its aggregate (and timestamp). Then it
 * fires; if lateness is allowed it goes on as {@link OpenWindow#table}, which remembers how many
 * panes of each key have fired, until it expires. Elements that come in this time fire at the end
 * of their batch.
 *
 * <p>Panes, timestamps, holds and drops equal those of {@code ReduceFnRunner}: {@code
 * WindowedGroupingTest} compares them on random inputs. Timestamp combiner {@code LATEST} is left
 * to the general operator: its holds move with every element.
 */
final class WindowedGroupingOperator extends GroupingOperator {

  private final boolean earliest;
  private final SliceStore store;
  private final Lateness lateness;
  private final EndedWindows ended;
  private final WindowMemory memory;
  private final WindowSnapshot snapshot;
  private final ByteKey probe = new ByteKey();

  /** Keys of ended windows that got elements in this batch. */
  private final List<LatePane> latePanes = new ArrayList<>();

  private record LatePane(OpenWindow window, int number) {}

  private long watermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** The slice of the last element; valid until the watermark moves. */
  private @Nullable WindowSlice lastSlice;

  private @Nullable Object lastWindows;

  WindowedGroupingOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, output);
    earliest = rules.timestamps() == TimestampCombiner.EARLIEST;
    store = new SliceStore(reduction, rules);
    lateness = new Lateness(rules);
    ended = new EndedWindows(store, rules);
    GroupRecords records = new GroupRecords(keys, format.keyByObject(), windowCoder, reduction);
    memory = new WindowMemory(reduction, store, ended, records);
    snapshot = new WindowSnapshot(rules, reduction, records, store, ended, memory);
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    super.open(operatorContext);
    watermark = operatorContext.inputWatermark();
    lateness.open(operatorContext);
    memory.open(operatorContext);
    snapshot.restore(operatorContext.restored(), watermark);
  }

  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    memory.beforeSnapshot();
    snapshot.write(out, context().keyGroups(), watermark);
  }

  @Override
  public void close() {
    memory.close();
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  void add(Batch batch) {
    long outputWatermark = context().outputWatermark();
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      Object windows = batch.windows(i);
      WindowSlice slice = windows == lastWindows ? lastSlice : onTimeSlice(windows);
      if (slice == null) {
        slice = addLate(batch, i, windows);
        if (slice == null) {
          continue;
        }
      }
      KeyTable table = slice.table;
      int number = table.number(batch.tableKey(i, probe), batch.keyHash(i));
      table.setAggregate(number, reduction.add(table.aggregate(number), batch, i));
      if (earliest) {
        hold(slice, number, batch.timestampMillis(i), outputWatermark);
      }
    }
    if (!latePanes.isEmpty()) {
      for (LatePane pane : latePanes) {
        fire(pane.window, pane.number, false);
      }
      latePanes.clear();
    }
    memory.batchAdded(size, lastSlice);
  }

  /** The slice of a set of windows, or null if one of them has ended. */
  private @Nullable WindowSlice onTimeSlice(Object windows) {
    WindowSlice slice = store.find(windows);
    if (slice == null) {
      for (BoundedWindow window : Windows.all(windows)) {
        if (window.maxTimestamp().getMillis() < watermark) {
          return null;
        }
      }
      slice = store.slice(windows);
    } else if (slice.firstEnd < watermark) {
      return null;
    }
    lastWindows = windows;
    lastSlice = slice;
    return slice;
  }

  /**
   * Drops an element from the windows that have expired and adds it to those that have ended.
   *
   * @return the slice of the remaining windows, or null if there is none
   */
  private @Nullable WindowSlice addLate(Batch batch, int index, Object windows) {
    Collection<? extends BoundedWindow> all = Windows.all(windows);
    List<BoundedWindow> open = new ArrayList<>(all.size());
    for (BoundedWindow window : all) {
      if (window.maxTimestamp().getMillis() >= watermark) {
        open.add(window);
      } else if (!lateness.drops(window, watermark)) {
        addToEnded(batch, index, window);
      }
    }
    return open.isEmpty() ? null : store.slice(Windows.flat(open));
  }

  private void addToEnded(Batch batch, int index, BoundedWindow window) {
    OpenWindow open = ended.window(window);
    KeyTable table = open.endedTable();
    int known = table.size();
    int number = table.number(batch.tableKey(index, probe), batch.keyHash(index));
    if (number == known && open.hasRows()) {
      bringBack(open, number);
    }
    table.setAggregate(number, reduction.add(table.aggregate(number), batch, index));
    if (!open.isFilled(number)) {
      open.fill(number);
      latePanes.add(new LatePane(open, number));
    }
  }

  /** Reads what is known of a key of a window that has ended. */
  private void bringBack(OpenWindow window, int number) {
    KeyTable table = window.endedTable();
    WindowScan scan = memory.rows().find(window, table.key(number), table.hash(number));
    if (scan.next()) {
      window.restore(number, scan.firings());
      if (rules.discarding()) {
        reduction.release(scan.aggregate());
      } else {
        table.setAggregate(number, scan.aggregate());
      }
    }
  }

  /** An element that is behind the output watermark already cannot hold it. */
  private static void hold(WindowSlice slice, int number, long timestamp, long outputWatermark) {
    KeyTable table = slice.table;
    if (timestamp >= outputWatermark && timestamp < table.time(number)) {
      table.setTime(number, timestamp);
      for (OpenWindow window : slice.members) {
        window.earliest = Math.min(window.earliest, timestamp);
      }
    }
  }

  // ---- Time --------------------------------------------------------------------------------

  @Override
  boolean fire(long newWatermark, Slice share) {
    watermark = newWatermark;
    lastWindows = null;
    lastSlice = null;
    boolean done = fireAll(newWatermark, share);
    memory.shrink();
    return done;
  }

  private boolean fireAll(long newWatermark, Slice share) {
    while (true) {
      OpenWindow ending = store.first();
      if (ending != null && ending.end >= newWatermark) {
        ending = null;
      }
      OpenWindow expiring = ended.first();
      if (expiring != null && expiring.expiry >= newWatermark) {
        expiring = null;
      }
      if (ending == null && expiring == null) {
        return true;
      }
      if (share.isUsedUp()) {
        return false;
      }
      boolean done;
      if (expiring == null || (ending != null && ending.end <= expiring.expiry)) {
        done = ending == null || end(ending, share);
      } else {
        done = expire(expiring, share);
      }
      if (!done) {
        return false;
      }
    }
  }

  /** Fires the pane of a window's end for all keys; false when the share was used up first. */
  private boolean end(OpenWindow window, Slice share) {
    boolean done =
        memory.firesFromRows(window) ? endFromRows(window, share) : endFromMemory(window, share);
    if (done) {
      store.removeFirst();
      if (window.expiry < watermark) {
        memory.drop(window);
      } else {
        window.cursor = 0;
        ended.add(window);
      }
    }
    return done;
  }

  private boolean endFromMemory(OpenWindow window, Slice share) {
    if ((window.table == null || !window.slices.isEmpty()) && !store.assemble(window, share)) {
      return false;
    }
    KeyTable table = window.endedTable();
    boolean expired = window.expiry < watermark;
    PaneInfo pane = paneOfEnd(window);
    for (int size = table.size(); window.cursor < size; window.cursor++) {
      if (share.isUsedUp()) {
        return false;
      }
      int number = window.cursor;
      Object aggregate = table.aggregate(number);
      emit(table.key(number), aggregate, timestamp(window, table.time(number)), window, pane);
      if (!expired) {
        window.fired(number, true);
        table.setTime(number, Long.MAX_VALUE);
        if (rules.discarding()) {
          reduction.release(aggregate);
          table.setAggregate(number, Reduction.ABSENT);
        }
      }
      share.spend();
    }
    return true;
  }

  /** As above; what has fired stays in the rows of the slices until the window expires. */
  private boolean endFromRows(OpenWindow window, Slice share) {
    WindowScan scan = window.scan;
    if (scan == null) {
      if (!memory.moveOutSlices(window, share)) {
        return false;
      }
      scan = memory.rows().scan(window);
      window.scan = scan;
    }
    PaneInfo pane = paneOfEnd(window);
    while (!share.isUsedUp()) {
      if (!scan.next()) {
        window.scan = null;
        window.table = store.newTable();
        return true;
      }
      emit(scan.key(), scan.aggregate(), timestamp(window, scan.time()), window, pane);
      reduction.release(scan.aggregate());
      share.spend();
    }
    return false;
  }

  private PaneInfo paneOfEnd(OpenWindow window) {
    return PaneInfo.createPane(true, window.expiry < watermark, timing(window, 0), 0, 0);
  }

  /** Fires the last pane of a window where even an empty one is asked for, and drops the window. */
  private boolean expire(OpenWindow window, Slice share) {
    if (rules.emptyClosing() && !close(window, share)) {
      return false;
    }
    ended.removeFirst();
    memory.drop(window);
    return true;
  }

  private boolean close(OpenWindow window, Slice share) {
    return window.hasRows() ? closeFromRows(window, share) : closeFromMemory(window, share);
  }

  private boolean closeFromMemory(OpenWindow window, Slice share) {
    for (int size = window.endedTable().size(); window.cursor < size; window.cursor++) {
      if (share.isUsedUp()) {
        return false;
      }
      fire(window, window.cursor, true);
      share.spend();
    }
    return true;
  }

  private boolean closeFromRows(OpenWindow window, Slice share) {
    WindowScan scan = window.scan;
    if (scan == null) {
      memory.moveOut(window);
      scan = memory.rows().scan(window);
      window.scan = scan;
    }
    while (!share.isUsedUp()) {
      if (!scan.next()) {
        window.scan = null;
        return true;
      }
      Object aggregate = rules.discarding() ? Reduction.ABSENT : scan.aggregate();
      fire(window, scan.key(), aggregate, scan.firings(), false, true);
      reduction.release(scan.aggregate());
      share.spend();
    }
    return false;
  }

  /** Fires a pane of one key in a window that has ended. */
  private void fire(OpenWindow window, int number, boolean last) {
    KeyTable table = window.endedTable();
    Object aggregate = table.aggregate(number);
    boolean filled = window.isFilled(number);
    boolean fired =
        fire(window, table.key(number), aggregate, window.firings(number), filled, last);
    window.fired(number, fired);
    if (rules.discarding()) {
      reduction.release(aggregate);
      table.setAggregate(number, Reduction.ABSENT);
    }
  }

  /** The same; false if there is nothing to be said. */
  private boolean fire(
      OpenWindow window,
      Object key,
      @Nullable Object aggregate,
      int index,
      boolean filled,
      boolean last) {
    Timing timing = timing(window, index);
    boolean wanted =
        filled
            || (timing == Timing.ON_TIME && rules.emptyOnTime())
            || (last && rules.emptyClosing());
    if (wanted) {
      PaneInfo pane = PaneInfo.createPane(index == 0, last, timing, index, index);
      emit(key, aggregate, window.maxTimestamp, window, pane);
    }
    return wanted;
  }

  private void emit(
      Object tableKey,
      @Nullable Object aggregate,
      Instant timestamp,
      OpenWindow window,
      PaneInfo pane) {
    emit(keys.decode(tableKey), reduction.output(aggregate), timestamp, window.window, pane);
  }

  /** Only the first pane can be on time, and only if the output watermark has not gone by. */
  private Timing timing(OpenWindow window, int index) {
    return index > 0 || window.end < context().outputWatermark() ? Timing.LATE : Timing.ON_TIME;
  }

  private static Instant timestamp(OpenWindow window, long time) {
    return time < window.end ? Instant.ofEpochMilli(time) : window.maxTimestamp;
  }

  @Override
  public long hold() {
    long hold = Long.MAX_VALUE;
    if (earliest) {
      for (OpenWindow window : store.windows()) {
        long own = window.earliest == Long.MAX_VALUE ? window.expiry : window.earliest;
        hold = Math.min(hold, own);
      }
    } else {
      OpenWindow first = store.first();
      hold = first == null ? hold : first.end;
    }
    OpenWindow expiring = rules.emptyClosing() ? ended.first() : null;
    return expiring == null ? hold : Math.min(hold, expiring.expiry);
  }
}
