package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.ByteKey;
import dev.trestle.state.memory.MemoryGrant;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups an input that ends by itself, in bounded memory: every window and key fires once, at the
 * end, whatever the watermark says before. Nothing is late, and no pane is ever early or second, so
 * accumulation mode, lateness and closing behaviour have nothing to say.
 *
 * <p>Aggregates are hashed as long as the memory budget grants room for them. When it refuses, all
 * of them are written to a sorter and the table starts anew; in the end the sorter brings together
 * what belongs together. Input that fits never touches the disk and is never sorted.
 */
final class BoundedGroupingOperator extends GroupingOperator {

  /** How many batches come between two looks at the sizes of aggregates. */
  private static final int BATCHES_PER_SAMPLE = 16;

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private final SliceStore store;
  private final boolean earliest;
  private final boolean latest;
  private final ByteKey probe = new ByteKey();
  private MemoryGrant memory = MemoryGrant.none();

  private @Nullable SpilledGroups spilled;
  private int batches;
  private boolean ended;
  private @Nullable WindowSlice lastSlice;

  BoundedGroupingOperator(
      EdgeFormat format, Reduction reduction, GroupingRules rules, Receiver output) {
    super(format, reduction, rules, output);
    store = new SliceStore(reduction, rules);
    earliest = rules.timestamps().dependsOnlyOnEarliestTimestamp();
    latest = !earliest && !rules.timestamps().dependsOnlyOnWindow();
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    super.open(operatorContext);
    memory = MemoryGrant.of(operatorContext.memory());
  }

  @Override
  public void close() {
    SpilledGroups onDisk = spilled;
    if (onDisk != null) {
      onDisk.close();
      spilled = null;
    }
    dropAll();
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  void add(Batch batch) {
    WindowSlice slice = lastSlice;
    Object lastWindows = slice == null ? null : slice.windows;
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      Object windows = batch.windows(i);
      if (slice == null || windows != lastWindows) {
        slice = store.slice(windows);
        lastWindows = windows;
      }
      KeyTable table = slice.table;
      int number = table.number(batch.tableKey(i, probe), batch.keyHash(i));
      table.setAggregate(number, reduction.add(table.aggregate(number), batch, i));
      if (earliest) {
        table.setTime(number, Math.min(table.time(number), batch.timestampMillis(i)));
      } else if (latest) {
        table.setTime(number, Math.max(table.time(number), batch.timestampMillis(i)));
      }
    }
    lastSlice = slice;
    if (slice != null && batches++ % BATCHES_PER_SAMPLE == 0) {
      KeyTable table = slice.table;
      reduction.sample(table.size(), table::aggregate);
    }
    keepWithinBudget();
  }

  private void keepWithinBudget() {
    if (!memory.covers(store.bytes())) {
      spill();
    }
  }

  private void spill() {
    SpilledGroups onDisk = spilled;
    if (onDisk == null) {
      onDisk = new SpilledGroups(context(), reduction, keys, rules.timestamps());
      spilled = onDisk;
    }
    for (WindowSlice slice : store.slices()) {
      onDisk.add(slice);
    }
    dropAll();
  }

  private void dropAll() {
    store.clear();
    lastSlice = null;
    memory.close();
  }

  // ---- The end -----------------------------------------------------------------------------

  @Override
  boolean fire(long watermark, Slice share) {
    if (watermark < END) {
      return true;
    }
    if (!ended) {
      ended = true;
      if (spilled != null) {
        spill();
      }
    }
    SpilledGroups onDisk = spilled;
    return onDisk == null ? emitFromMemory(share) : emitFromDisk(onDisk, share);
  }

  private boolean emitFromMemory(Slice share) {
    for (OpenWindow window = store.first(); window != null; window = store.first()) {
      if ((window.table == null || !window.slices.isEmpty()) && !store.assemble(window, share)) {
        return false;
      }
      KeyTable table = window.table;
      int size = table == null ? 0 : table.size();
      for (; table != null && window.cursor < size; window.cursor++) {
        if (share.isUsedUp()) {
          return false;
        }
        int i = window.cursor;
        emit(
            keys.decode(table.key(i)),
            reduction.output(table.aggregate(i)),
            rules.timestamps().dependsOnlyOnWindow() ? window.end : table.time(i),
            window.window);
        table.setAggregate(i, null);
        share.spend();
      }
      store.removeFirst();
    }
    dropAll();
    return true;
  }

  private boolean emitFromDisk(SpilledGroups onDisk, Slice share) {
    while (!share.isUsedUp()) {
      if (!onDisk.next()) {
        onDisk.close();
        spilled = null;
        return true;
      }
      emit(onDisk.key(), onDisk.output(), onDisk.time(), onDisk.window());
      share.spend();
    }
    return false;
  }

  /** No element is later than its window's end, or its pane would be late for every consumer. */
  private void emit(
      @Nullable Object key, @Nullable Object grouped, long time, BoundedWindow window) {
    Instant end = window.maxTimestamp();
    Instant timestamp = time < end.getMillis() ? Instant.ofEpochMilli(time) : end;
    emit(key, grouped, timestamp, window, PaneInfo.ON_TIME_AND_ONLY_FIRING);
  }

  /** Time stands still until everything has been handed on. */
  @Override
  public void snapshot(SnapshotWriter out) {
    throw new IllegalStateException("Made for jobs that take no checkpoints");
  }

  @Override
  public long hold() {
    return store.isEmpty() && spilled == null
        ? Long.MAX_VALUE
        : BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }
}
