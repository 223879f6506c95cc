package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.OrderedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.util.VarInt;
import org.jspecify.annotations.Nullable;

/**
 * What of windows had no room in memory, as ordered rows of two kinds.
 *
 * <p>Rows of a <em>slice</em>: the windows and the key, each behind its length, and a number that
 * is never used again; a timestamp (8 bytes), then pieces of an aggregate, each behind its length
 * (4). What is written is not looked for first: a key has a row, or some, for each time that its
 * slice had to leave, and they are merged when a window fires, as in a log-structured merge tree.
 *
 * <p>Rows of an <em>ended</em> window, one for a key: the window and the key as above; how many
 * panes have fired (4), then pieces as above. Where there is none, a key with rows of a slice has
 * fired once, with what these say.
 */
final class WindowRows {

  private static final int SLICES = 0;
  private static final int ENDED = 1;

  /** An aggregate is split among rows that are not much larger. */
  private static final int LARGE = 1 << 16;

  private static final byte[] NO_PREFIX = {};

  private final Reduction reduction;
  private final GroupRecords records;
  private final KeyGroupRange range;
  private final OrderedRows slices;
  private final OrderedRows ended;
  private final Map<Object, SliceRows> known = new HashMap<>();
  private final ByteSink key = new ByteSink();
  private final ByteSink value = new ByteSink();
  private long nextNumber;

  WindowRows(OperatorContext context, Reduction reduction, GroupRecords records) {
    this.reduction = reduction;
    this.records = records;
    range = context.keyGroups();
    slices = context.orderedRows(SLICES);
    ended = context.orderedRows(ENDED);
  }

  // ---- Writing -----------------------------------------------------------------------------

  /** Writes the aggregates of a slice, which must not be used any more. */
  void write(WindowSlice slice) {
    SliceRows target = known.get(slice.windows);
    if (target == null) {
      target = add(slice.windows);
      for (OpenWindow member : slice.members) {
        if (!member.ended) {
          target.addHolder(member);
        }
      }
    }
    KeyTable table = slice.table;
    for (int i = 0; i < table.size(); i++) {
      int keyGroup = KeyGroupRange.keyGroup(table.hash(i), range.total());
      target.keyGroups.set(keyGroup);
      target.earliest = Math.min(target.earliest, table.time(i));
      setKey(target.prefix, table.key(i));
      writeRows(keyGroup, table.time(i), table.aggregate(i));
    }
  }

  private void writeRows(int keyGroup, long time, @Nullable Object aggregate) {
    int keyLength = key.size();
    value.reset();
    value.writeLong(time);
    reduction.write(
        aggregate,
        (bytes, start, end) -> {
          if (value.size() > LARGE) {
            putSliceRow(keyGroup, keyLength);
            value.truncate(Long.BYTES);
          }
          writePiece(bytes, start, end);
        });
    putSliceRow(keyGroup, keyLength);
  }

  private void putSliceRow(int keyGroup, int keyLength) {
    key.truncate(keyLength);
    key.writeLong(nextNumber++);
    slices.put(keyGroup, key.array(), key.size(), value.array(), value.size());
  }

  private void writePiece(byte[] bytes, int start, int end) {
    value.writeInt(end - start);
    value.write(bytes, start, end - start);
  }

  /** Writes what is known of the keys of a window that has ended; to be forgotten then. */
  void writeEnded(OpenWindow window, KeyTable table) {
    byte[] prefix = prefix(window.window);
    for (int i = 0; i < table.size(); i++) {
      int keyGroup = KeyGroupRange.keyGroup(table.hash(i), range.total());
      window.addEndedRows(keyGroup);
      setKey(prefix, table.key(i));
      value.reset();
      value.writeInt(window.firings(i));
      Object aggregate = table.aggregate(i);
      if (aggregate != Reduction.ABSENT) {
        reduction.write(aggregate, this::writePiece);
      }
      ended.put(keyGroup, key.array(), key.size(), value.array(), value.size());
    }
  }

  private SliceRows add(Object windows) {
    SliceRows rows = new SliceRows(windows, prefix(windows));
    known.put(windows, rows);
    return rows;
  }

  private byte[] prefix(Object windows) {
    try {
      value.reset();
      records.writeWindows(windows, value);
      key.reset();
      VarInt.encode(value.size(), key);
      key.write(value.array(), 0, value.size());
      return Arrays.copyOf(key.array(), key.size());
    } catch (IOException e) {
      throw new UncheckedIOException("Windows cannot be encoded: " + windows, e);
    }
  }

  private void setKey(byte[] prefix, Object tableKey) {
    try {
      key.reset();
      key.write(prefix, 0, prefix.length);
      records.writeKey(tableKey, key);
    } catch (IOException e) {
      throw new UncheckedIOException("A key cannot be encoded", e);
    }
  }

  // ---- Reading -----------------------------------------------------------------------------

  /** All keys of a window. */
  WindowScan scan(OpenWindow window) {
    return WindowScan.ofAll(this, window);
  }

  /** A single key of a window that has ended. */
  WindowScan find(OpenWindow window, Object tableKey, int hash) {
    int keyGroup = KeyGroupRange.keyGroup(hash, range.total());
    setKey(NO_PREFIX, tableKey);
    return WindowScan.ofKey(this, window, keyGroup, Arrays.copyOf(key.array(), key.size()));
  }

  /** Rows of a slice; of a single key, or of all if that is empty. */
  RowCursor slice(SliceRows slice, int keyGroup, byte[] encodedKey) {
    return cursor(slices, keyGroup, slice.prefix, encodedKey, Long.BYTES);
  }

  /** Rows of an ended window; of a single key, or of all if that is empty. */
  RowCursor ended(OpenWindow window, int keyGroup, byte[] encodedKey) {
    return cursor(ended, keyGroup, prefix(window.window), encodedKey, 0);
  }

  private static RowCursor cursor(
      OrderedRows rows, int keyGroup, byte[] windows, byte[] encodedKey, int suffix) {
    byte[] prefix = Arrays.copyOf(windows, windows.length + encodedKey.length);
    System.arraycopy(encodedKey, 0, prefix, windows.length, encodedKey.length);
    return new RowCursor(rows, keyGroup, prefix, windows.length, suffix);
  }

  Object readKey(byte[] row, int start, int end) {
    try {
      return records.readKey(new ByteSource(row, start, end));
    } catch (IOException e) {
      throw new UncheckedIOException("The key of a row cannot be decoded", e);
    }
  }

  /** Adds the pieces that stand in a row from {@code start} on to an aggregate. */
  @Nullable Object addPieces(@Nullable Object aggregate, byte[] row, int start) {
    Object sum = aggregate;
    for (int at = start; at < row.length; ) {
      int from = at + Integer.BYTES;
      at = from + BigEndian.readInt(row, at);
      sum = reduction.addPiece(sum, row, from, at);
    }
    return sum;
  }

  // ---- The end of a window -----------------------------------------------------------------

  /** Deletes what only a window needs that has expired. */
  void release(OpenWindow window) {
    BitSet late = window.endedKeyGroups;
    if (late != null) {
      byte[] prefix = prefix(window.window);
      late.stream().forEach(keyGroup -> ended.deletePrefix(keyGroup, prefix, prefix.length));
      window.endedKeyGroups = null;
    }
    for (SliceRows rows : window.rows) {
      if (--rows.holders == 0) {
        delete(rows);
      }
    }
    window.rows.clear();
  }

  private void delete(SliceRows rows) {
    known.remove(rows.windows);
    rows.keyGroups.stream()
        .forEach(keyGroup -> slices.deletePrefix(keyGroup, rows.prefix, rows.prefix.length));
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** All sets of windows that have rows. */
  Collection<SliceRows> slices() {
    return known.values();
  }

  /** Writes what is to be known of a slice's rows: windows, least timestamp, next number. */
  void writeSlice(SliceRows rows, ByteSink out) throws IOException {
    records.writeWindows(rows.windows, out);
    out.writeLong(rows.earliest);
    out.writeLong(nextNumber);
  }

  /** Reads what {@link #writeSlice} has written for a key group. */
  SliceRows readSlice(int keyGroup, ByteSource in) throws IOException {
    Object windows = records.readWindows(in);
    SliceRows rows = known.get(windows);
    if (rows == null) {
      rows = add(windows);
    }
    rows.keyGroups.set(keyGroup);
    rows.earliest = Math.min(rows.earliest, GroupRecords.readLong(in));
    nextNumber = Math.max(nextNumber, GroupRecords.readLong(in));
    return rows;
  }

  /** Of rows that nobody has been found to need: deletes them. */
  void releaseUnheld() {
    for (SliceRows rows : List.copyOf(known.values())) {
      if (rows.holders == 0) {
        delete(rows);
      }
    }
  }
}
