package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.runner.operator.Windows;
import dev.trestle.state.KeyGroupRange;
import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Windows and keys as records of a snapshot.
 *
 * <ul>
 *   <li>Section {@code open}: windows that have not ended, key, time, aggregate.
 *   <li>Section {@code ended}: the window, key, number of firings, time, aggregate.
 *   <li>Section {@code open-rows}: what is to be known of a slice's rows, for each of their key
 *       groups ({@link WindowRows#writeSlice}).
 *   <li>Section {@code ended-rows}: a window that has ended and has rows in this key group.
 * </ul>
 */
final class WindowSnapshot {

  private static final String OPEN = "open";
  private static final String ENDED = "ended";
  private static final String OPEN_ROWS = "open-rows";
  private static final String ENDED_ROWS = "ended-rows";

  private final GroupingRules rules;
  private final Reduction reduction;
  private final GroupRecords records;
  private final SliceStore store;
  private final EndedWindows ended;
  private final WindowMemory memory;

  WindowSnapshot(
      GroupingRules rules,
      Reduction reduction,
      GroupRecords records,
      SliceStore store,
      EndedWindows ended,
      WindowMemory memory) {
    this.rules = rules;
    this.reduction = reduction;
    this.records = records;
    this.store = store;
    this.ended = ended;
    this.memory = memory;
  }

  // ---- Writing -----------------------------------------------------------------------------

  /** Writes everything that has not expired. */
  void write(SnapshotWriter out, KeyGroupRange range, long watermark) throws IOException {
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
    for (OpenWindow window : ended.all()) {
      KeyTable table = window.endedTable();
      for (int i = 0; i < table.size(); i++) {
        ByteSink record = past.keyed(GroupRecords.keyGroup(table.key(i), range));
        records.writeWindows(window.window, record);
        records.writeKey(table.key(i), record);
        record.writeInt(window.firings(i));
        record.writeLong(table.time(i));
        records.writeAggregate(table.aggregate(i), record);
      }
    }
    WindowRows rows = memory.rowsIfAny();
    if (rows != null) {
      write(rows, out);
    }
  }

  private void write(WindowRows rows, SnapshotWriter out) throws IOException {
    SnapshotWriter.Section open = out.section(OPEN_ROWS);
    for (SliceRows slice : rows.slices()) {
      BitSet groups = slice.keyGroups;
      for (int i = groups.nextSetBit(0); i >= 0; i = groups.nextSetBit(i + 1)) {
        rows.writeSlice(slice, open.keyed(i));
      }
    }
    SnapshotWriter.Section past = out.section(ENDED_ROWS);
    for (OpenWindow window : ended.all()) {
      BitSet groups = window.endedKeyGroups;
      if (groups != null) {
        for (int i = groups.nextSetBit(0); i >= 0; i = groups.nextSetBit(i + 1)) {
          records.writeWindows(window.window, past.keyed(i));
        }
      }
    }
  }

  // ---- Reading -----------------------------------------------------------------------------

  /**
   * Reads what {@link #write} has written; rows first, so that what has no room any more can go to
   * them.
   *
   * @param watermark as it was then
   */
  void restore(RestoredState restored, long watermark) throws IOException {
    restored.read(OPEN_ROWS, (keyGroup, record) -> restoreOpenRows(keyGroup, record, watermark));
    WindowRows rows = memory.rowsIfAny();
    if (rows != null) {
      rows.releaseUnheld();
    }
    restored.read(ENDED_ROWS, this::restoreEndedRows);
    restored.read(OPEN, (keyGroup, record) -> restoreOpen(record));
    restored.read(ENDED, (keyGroup, record) -> restoreEnded(record));
  }

  private void restoreOpenRows(int keyGroup, ByteSource record, long watermark) throws IOException {
    SliceRows slice = memory.rows().readSlice(keyGroup, record);
    boolean isNew = slice.holders == 0;
    Set<BoundedWindow> windows = new LinkedHashSet<>(Windows.all(slice.windows));
    for (BoundedWindow window : windows) {
      if (window.maxTimestamp().getMillis() >= watermark) {
        OpenWindow open = store.window(window);
        open.earliest = Math.min(open.earliest, slice.earliest);
        if (isNew) {
          slice.addHolder(open);
        }
      } else if (isNew && rules.expiry(window) >= watermark) {
        slice.addHolder(ended.window(window));
      }
    }
  }

  private void restoreEndedRows(int keyGroup, ByteSource record) throws IOException {
    ended.window((BoundedWindow) records.readWindows(record)).addEndedRows(keyGroup);
  }

  /**
   * Slices that differed by windows which had ended have become one, and a key may come twice: what
   * was on time for all windows, and what was late for the first.
   */
  private void restoreOpen(ByteSource record) throws IOException {
    WindowSlice slice = store.slice(records.readWindows(record));
    KeyTable table = slice.table;
    Object key = records.readKey(record);
    int number = table.numberOfKept(key, key.hashCode());
    long time = GroupRecords.readLong(record);
    Object aggregate = records.readAggregate(record);
    Object present = table.aggregate(number);
    if (present == Reduction.ABSENT) {
      table.setTime(number, time);
      table.setAggregate(number, aggregate);
    } else {
      table.setTime(number, Math.min(table.time(number), time));
      table.setAggregate(number, reduction.merge(present, aggregate, false));
    }
    for (OpenWindow window : slice.members) {
      window.earliest = Math.min(window.earliest, time);
    }
    memory.keepWithinBudget();
  }

  private void restoreEnded(ByteSource record) throws IOException {
    OpenWindow window = ended.window((BoundedWindow) records.readWindows(record));
    KeyTable table = window.endedTable();
    Object key = records.readKey(record);
    int number = table.numberOfKept(key, key.hashCode());
    window.restore(number, GroupRecords.readInt(record));
    table.setTime(number, GroupRecords.readLong(record));
    table.setAggregate(number, records.readAggregate(record));
    memory.keepWithinBudget();
  }
}
