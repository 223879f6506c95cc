package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.ByteKey;
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
 * <p>Keys and their windows are hashed as long as the memory budget grants room for them. When it
 * refuses, every window is written to a sorter with what came for it, and the table starts anew; in
 * the end the sorter brings together the windows of a key, and those that belong together merge.
 */
final class BoundedMergingOperator extends GroupingOperator {

  /** A window: this class, the user's, two timestamps. */
  private static final int BYTES_PER_WINDOW = 128;

  /** How many batches come between two looks at the sizes of aggregates. */
  private static final int BATCHES_PER_SAMPLE = 16;

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final WindowMerging merging;
  private final Coder<BoundedWindow> windowCoder;
  private final ByteKey probe = new ByteKey();
  private final GrantedMemory memory = new GrantedMemory();
  private final KeyTable.Footprint footprint = new KeyTable.Footprint();

  /** Aggregates are {@link ActiveWindows}. */
  private KeyTable table = newTable();

  private long windowCount;
  private int batches;
  private @Nullable SpilledWindows spilled;
  private boolean ended;

  /** The next key of the table to be emitted. */
  private int cursor;

  /** What is being emitted; null between two keys. */
  private @Nullable ActiveWindows emitting;

  private @Nullable Object emittingKey;

  BoundedMergingOperator(
      EdgeFormat format,
      Reduction reduction,
      GroupingRules rules,
      WindowMerging merging,
      Coder<BoundedWindow> windowCoder,
      Receiver output) {
    super(format, reduction, rules, output);
    this.merging = merging;
    this.windowCoder = windowCoder;
  }

  private KeyTable newTable() {
    return new KeyTable(false, 0, footprint);
  }

  @Override
  public void open(OperatorContext operatorContext) {
    super.open(operatorContext);
    memory.open(operatorContext.memory());
  }

  @Override
  public void close() {
    if (spilled != null) {
      spilled.close();
      spilled = null;
    }
    dropAll();
  }

  // ---- Elements ----------------------------------------------------------------------------

  @Override
  void add(Batch batch) {
    int size = batch.size();
    for (int i = 0; i < size; i++) {
      ActiveWindows known = windows(batch.tableKey(i, probe), batch.keyHash(i));
      Object windows = batch.windows(i);
      if (windows instanceof BoundedWindow window) {
        add(batch, i, known, window);
      } else {
        for (BoundedWindow window : Windows.all(windows)) {
          add(batch, i, known, window);
        }
      }
    }
    if (batches++ % BATCHES_PER_SAMPLE == 0) {
      reduction.sample(table.size(), key -> windows(key).get(0).aggregate);
    }
    if (!memory.covers(
        footprint.bytes() + BYTES_PER_WINDOW * windowCount + reduction.bytes(windowCount))) {
      spill();
    }
  }

  private ActiveWindows windows(Object key, int hash) {
    int number = table.number(key, hash);
    if (table.aggregate(number) instanceof ActiveWindows known) {
      return known;
    }
    ActiveWindows windows = new ActiveWindows();
    table.setAggregate(number, windows);
    return windows;
  }

  private ActiveWindows windows(int number) {
    if (table.aggregate(number) instanceof ActiveWindows windows) {
      return windows;
    }
    throw new IllegalStateException("A key without windows");
  }

  private void add(Batch batch, int index, ActiveWindows known, BoundedWindow window) {
    int before = known.size();
    ActiveWindow active = merging.joinLoosely(known, window);
    windowCount += known.size() - before;
    long time = batch.timestampMillis(index);
    active.time = active.aggregate == Reduction.ABSENT ? time : merging.combine(active.time, time);
    active.aggregate = reduction.add(active.aggregate, batch, index);
  }

  private void spill() {
    SpilledWindows onDisk = spilled;
    if (onDisk == null) {
      onDisk = new SpilledWindows(context(), reduction, keys, merging, windowCoder);
      spilled = onDisk;
    }
    for (int i = 0; i < table.size(); i++) {
      onDisk.add(table.key(i), windows(i));
    }
    dropAll();
  }

  private void dropAll() {
    table = newTable();
    footprint.reset();
    reduction.forget();
    windowCount = 0;
    memory.release();
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
        windows = windows(cursor);
        merging.settle(windows);
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
  public long hold() {
    return table.size() == 0 && spilled == null
        ? Long.MAX_VALUE
        : BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }
}
