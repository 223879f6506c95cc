package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
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

  private static final String OPEN = "open";
  private static final String ENDED = "ended";

  private final boolean earliest;
  private final SliceStore store;
  private final Lateness lateness;
  private final GroupRecords records;
  private final ByteKey probe = new ByteKey();

  /** Windows that have ended and not expired, and got elements. */
  private final Map<BoundedWindow, OpenWindow> ended = new HashMap<>();

  private final PriorityQueue<OpenWindow> byExpiry =
      new PriorityQueue<>(Comparator.comparingLong(window -> window.expiry));

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
    records = new GroupRecords(keys, format.keyByObject(), windowCoder, reduction);
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    super.open(operatorContext);
    watermark = operatorContext.inputWatermark();
    lateness.open(operatorContext);
    operatorContext.restored().read(OPEN, (keyGroup, record) -> restoreOpen(record));
    operatorContext.restored().read(ENDED, (keyGroup, record) -> restoreEnded(record));
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /**
   * Section {@code open}: windows that have not ended, key, time, aggregate. Section {@code ended}:
   * the window, key, number of firings, time, aggregate.
   */
  @Override
  public void snapshot(SnapshotWriter out) throws IOException {
    KeyGroupRange range = context().keyGroups();
    SnapshotWriter.Section open = out.section(OPEN);
    for (WindowSlice slice : store.slices()) {
      Object windows = slice.windowsFrom(watermark);
      KeyTable table = slice.table;
      for (int i = 0; i < table.size(); i++) {
        ByteSink record = open.keyed(GroupRecords.keyGroup(table.key(i), range));
        records.writeWindows(windows, record);
        records.writeKey(table.key(i), record);
        record.writeLong(table.time(i));
        records.writeAggregate(table.aggregate(i), record);
      }
    }
    SnapshotWriter.Section past = out.section(ENDED);
    for (OpenWindow window : ended.values()) {
      KeyTable table = tableOf(window);
      for (int i = 0; i < table.size(); i++) {
        ByteSink record = past.keyed(GroupRecords.keyGroup(table.key(i), range));
        records.writeWindows(window.window, record);
        records.writeKey(table.key(i), record);
        record.writeInt(window.firings(i));
        record.writeLong(table.time(i));
        records.writeAggregate(table.aggregate(i), record);
      }
    }
  }

  private void restoreOpen(ByteSource record) throws IOException {
    WindowSlice slice = store.slice(records.readWindows(record));
    KeyTable table = slice.table;
    Object key = records.readKey(record);
    int number = table.numberOfKept(key, key.hashCode());
    long time = GroupRecords.readLong(record);
    table.setTime(number, time);
    table.setAggregate(number, records.readAggregate(record));
    for (OpenWindow window : slice.members) {
      window.earliest = Math.min(window.earliest, time);
    }
  }

  private void restoreEnded(ByteSource record) throws IOException {
    OpenWindow window = endedWindow((BoundedWindow) records.readWindows(record));
    KeyTable table = tableOf(window);
    Object key = records.readKey(record);
    int number = table.numberOfKept(key, key.hashCode());
    window.restore(number, GroupRecords.readInt(record));
    table.setTime(number, GroupRecords.readLong(record));
    table.setAggregate(number, records.readAggregate(record));
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
    OpenWindow open = endedWindow(window);
    KeyTable table = tableOf(open);
    int number = table.number(batch.tableKey(index, probe), batch.keyHash(index));
    table.setAggregate(number, reduction.add(table.aggregate(number), batch, index));
    if (!open.isFilled(number)) {
      open.fill(number);
      latePanes.add(new LatePane(open, number));
    }
  }

  private OpenWindow endedWindow(BoundedWindow window) {
    OpenWindow open = ended.get(window);
    if (open == null) {
      open = new OpenWindow(window, rules.expiry(window));
      open.table = store.newTable();
      ended.put(window, open);
      byExpiry.add(open);
    }
    return open;
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
    return fireAll(newWatermark, share);
  }

  private boolean fireAll(long newWatermark, Slice share) {
    while (true) {
      OpenWindow ending = store.first();
      if (ending != null && ending.end >= newWatermark) {
        ending = null;
      }
      OpenWindow expiring = byExpiry.peek();
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
    if ((window.table == null || !window.slices.isEmpty()) && !store.assemble(window, share)) {
      return false;
    }
    KeyTable table = tableOf(window);
    boolean expired = window.expiry < watermark;
    Timing timing = timing(window, 0);
    PaneInfo pane = PaneInfo.createPane(true, expired, timing, 0, 0);
    boolean ofWindow = !earliest;
    Instant end = Instant.ofEpochMilli(window.end);
    for (int size = table.size(); window.cursor < size; window.cursor++) {
      if (share.isUsedUp()) {
        return false;
      }
      int number = window.cursor;
      Object aggregate = table.aggregate(number);
      emit(
          table.key(number),
          aggregate,
          ofWindow ? end : timestamp(window, table.time(number)),
          window,
          pane);
      if (!expired) {
        window.fired(number, true);
        table.setTime(number, Long.MAX_VALUE);
        if (rules.discarding()) {
          table.setAggregate(number, Reduction.ABSENT);
        }
      }
      share.spend();
    }
    store.removeFirst();
    if (!expired) {
      window.cursor = 0;
      ended.put(window.window, window);
      byExpiry.add(window);
    }
    return true;
  }

  /** Fires the last pane of a window where even an empty one is asked for, and drops the window. */
  private boolean expire(OpenWindow window, Slice share) {
    if (rules.emptyClosing()) {
      KeyTable table = tableOf(window);
      for (int size = table.size(); window.cursor < size; window.cursor++) {
        if (share.isUsedUp()) {
          return false;
        }
        fire(window, window.cursor, true);
        share.spend();
      }
    }
    byExpiry.remove();
    ended.remove(window.window);
    return true;
  }

  /** Fires a pane of one key in a window that has ended. */
  private void fire(OpenWindow window, int number, boolean last) {
    KeyTable table = tableOf(window);
    int index = window.firings(number);
    Timing timing = timing(window, index);
    boolean wanted =
        window.isFilled(number)
            || (timing == Timing.ON_TIME && rules.emptyOnTime())
            || (last && rules.emptyClosing());
    if (wanted) {
      emit(
          table.key(number),
          table.aggregate(number),
          timestamp(window, table.time(number)),
          window,
          PaneInfo.createPane(index == 0, last, timing, index, index));
    }
    window.fired(number, wanted);
    if (rules.discarding()) {
      table.setAggregate(number, Reduction.ABSENT);
    }
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
    return Instant.ofEpochMilli(Math.min(window.end, time));
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
    OpenWindow expiring = rules.emptyClosing() ? byExpiry.peek() : null;
    return expiring == null ? hold : Math.min(hold, expiring.expiry);
  }

  private static KeyTable tableOf(OpenWindow window) {
    KeyTable table = window.table;
    if (table == null) {
      throw new IllegalStateException("A window fires that has not ended: " + window.window);
    }
    return table;
  }
}
