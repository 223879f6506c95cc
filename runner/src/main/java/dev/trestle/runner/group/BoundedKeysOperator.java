package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
import dev.trestle.state.memory.MemoryGrant;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Groups an input that ends by itself by key and windows that merge, in bounded memory. Every
 * window fires once, at the end, as in {@link BoundedGroupingOperator}, and which windows there are
 * has to be known only then.
 *
 * <p>Keys are hashed as long as the memory budget grants room for them and what they have. When it
 * refuses, all is written to a sorter, every aggregate with its window, and the table starts anew;
 * in the end the sorter brings together what belongs to a key, and then windows merge.
 */
abstract sealed class BoundedKeysOperator extends GroupingOperator
    permits BoundedSessionsOperator, BoundedMergingOperator {

  /** How many batches come between two looks at the sizes of aggregates. */
  private static final int BATCHES_PER_SAMPLE = 16;

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  final WindowMerging merging;
  final WindowRecords records;
  final KeyTable.Footprint footprint = new KeyTable.Footprint();
  private final ByteKey probe = new ByteKey();
  private MemoryGrant memory = MemoryGrant.none();
  private KeyTable table = newTable();
  private int batches;
  private @Nullable SpilledWindows spilled;
  private boolean ended;

  /** The next key of the table to be emitted. */
  private int cursor;

  /** What is being emitted; null between two keys. */
  private @Nullable ActiveWindows emitting;

  private @Nullable Object emittingKey;

  BoundedKeysOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      WindowMerging merging,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, output);
    this.merging = merging;
    records = new WindowRecords(windowCoder);
  }

  private KeyTable newTable() {
    return new KeyTable(false, 0, footprint);
  }

  @Override
  public void open(OperatorContext operatorContext) throws IOException {
    super.open(operatorContext);
    memory = MemoryGrant.of(operatorContext.memory());
  }

  @Override
  public final void close() {
    if (spilled != null) {
      spilled.close();
      spilled = null;
    }
    dropAll();
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  final void add(Batch batch) {
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
    if (batches++ % BATCHES_PER_SAMPLE == 0) {
      sample(table);
    }
    if (!memory.covers(footprint.bytes() + bytes())) {
      spill();
    }
  }

  private void add(Batch batch, int index, BoundedWindow window) {
    int number = table.number(batch.tableKey(index, probe), batch.keyHash(index));
    table.setAggregate(number, add(table.aggregate(number), batch, index, window));
  }

  /**
   * Adds an element to what its key has.
   *
   * @param ofKey what this method returned last for the key, or {@link Reduction#ABSENT}
   */
  abstract Object add(@Nullable Object ofKey, Batch batch, int index, BoundedWindow window);

  /** Looks at what some keys have, to estimate better. */
  abstract void sample(KeyTable keysAndTheirs);

  /** About how many bytes there are besides the keys. */
  abstract long bytes();

  /** Writes what a key has to the disk. */
  abstract void spill(@Nullable Object ofKey, SpilledWindows target);

  /** The windows of a key, when all of them are known. */
  abstract ActiveWindows windows(@Nullable Object ofKey);

  /** Says that all has been dropped. */
  abstract void forget();

  private void spill() {
    SpilledWindows onDisk = spilled;
    if (onDisk == null) {
      onDisk = new SpilledWindows(context(), reduction, keys, merging, records);
      spilled = onDisk;
    }
    for (int i = 0; i < table.size(); i++) {
      onDisk.setKey(table.key(i));
      spill(table.aggregate(i), onDisk);
    }
    dropAll();
  }

  private void dropAll() {
    table = newTable();
    footprint.reset();
    forget();
    memory.close();
  }

  // ---- The end -----------------------------------------------------------------------------

  @Override
  final boolean fire(long watermark, Slice share) {
    if (watermark < END) {
      return true;
    }
    if (!ended) {
      ended = true;
      if (spilled != null) {
        spill();
      }
    }
    SpilledWindows onDisk = spilled;
    boolean done = onDisk == null ? emitFromMemory(share) : emitFromDisk(onDisk, share);
    if (done) {
      close();
    }
    return done;
  }

  private boolean emitFromMemory(Slice share) {
    while (!share.isUsedUp()) {
      ActiveWindows windows = emitting;
      if (windows == null) {
        if (cursor == table.size()) {
          return true;
        }
        windows = windows(table.aggregate(cursor));
        emitting = windows;
        emittingKey = keys.decode(table.key(cursor));
        table.setAggregate(cursor, null);
        cursor++;
      }
      int last = windows.size() - 1;
      ActiveWindow window = windows.get(last);
      emit(emittingKey, reduction.output(window.aggregate), window);
      windows.remove(last);
      if (last == 0) {
        emitting = null;
      }
      share.spend();
    }
    return false;
  }

  private boolean emitFromDisk(SpilledWindows onDisk, Slice share) {
    while (!share.isUsedUp()) {
      if (!onDisk.next()) {
        return true;
      }
      emit(onDisk.key(), onDisk.output(), onDisk.window());
      share.spend();
    }
    return false;
  }

  /** No element is later than its window's end, or its pane would be late for every consumer. */
  private void emit(@Nullable Object key, @Nullable Object grouped, ActiveWindow window) {
    long time =
        rules.timestamps().dependsOnlyOnWindow() ? window.end : Math.min(window.time, window.end);
    emit(
        key,
        grouped,
        Instant.ofEpochMilli(time),
        window.window(),
        PaneInfo.ON_TIME_AND_ONLY_FIRING);
  }

  /** Time stands still until everything has been handed on. */
  @Override
  public void snapshot(SnapshotWriter out) {
    throw new IllegalStateException("Made for jobs that take no checkpoints");
  }

  @Override
  public final long hold() {
    return table.size() == 0 && spilled == null
        ? Long.MAX_VALUE
        : BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }
}
