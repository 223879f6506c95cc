package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.ByteSource;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.SnapshotWriter;
import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.OrderedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keys that had no room in memory, with their windows, as ordered rows of three kinds. A key is
 * here or in memory, never in both.
 *
 * <ul>
 *   <li>Of a <em>key</em>: its bytes; when to look at it (8) and least end of a window that holds
 *       the watermark (8), in milliseconds, then its windows as {@link ActiveWindowRecords}.
 *   <li>Of a <em>look</em>, and of a <em>hold</em> where there is one: that time and the key
 *       ({@link KeysByTime}).
 * </ul>
 */
final class KeyRows {

  private static final int KEYS = 0;
  private static final int LOOKS = 1;
  private static final int HOLDS = 2;

  /** So many keys are brought back at once. */
  private static final int MOST_KEYS = 256;

  private static final String SECTION = "rows";

  private final GroupRecords records;
  private final ActiveWindowRecords windows;
  private final KeyGroupRange range;
  private final OrderedRows keys;
  private final KeysByTime looks;
  private final KeysByTime holds;
  private final ByteSink key = new ByteSink();
  private final ByteSink value = new ByteSink();

  KeyRows(OperatorContext context, GroupRecords records, ActiveWindowRecords windows) {
    this.records = records;
    this.windows = windows;
    range = context.keyGroups();
    keys = context.orderedRows(KEYS);
    looks = new KeysByTime(context.orderedRows(LOOKS), range);
    holds = new KeysByTime(context.orderedRows(HOLDS), range);
  }

  boolean isEmpty() {
    return looks.earliest() == KeyWindows.NEVER;
  }

  /** A lower bound for the timestamps of what the keys will cause, as {@code Operator.hold}. */
  long hold() {
    return Math.min(looks.earliest(), holds.earliest());
  }

  // ---- Leaving memory ----------------------------------------------------------------------

  /** Takes a key with its windows, to be forgotten then. */
  void add(KeyWindows out) {
    int keyGroup = GroupRecords.keyGroup(out.key(), range);
    byte[] encoded = encode(out.key());
    long hold = out.hold();
    try {
      value.reset();
      value.writeLong(out.nextLook);
      value.writeLong(hold);
      for (int i = 0; i < out.windows.size(); i++) {
        windows.write(out.windows.get(i), value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A key's windows cannot be encoded", e);
    }
    keys.put(keyGroup, encoded, encoded.length, value.array(), value.size());
    looks.add(keyGroup, out.nextLook, encoded);
    if (hold != KeyWindows.NEVER) {
      holds.add(keyGroup, hold, encoded);
    }
  }

  private byte[] encode(Object tableKey) {
    try {
      key.reset();
      records.writeKey(tableKey, key);
      return Arrays.copyOf(key.array(), key.size());
    } catch (IOException e) {
      throw new UncheckedIOException("A key cannot be encoded", e);
    }
  }

  // ---- Coming back -------------------------------------------------------------------------

  /** Adds a key to those to be asked for, if it may be here. */
  void announce(Object tableKey, EncodedKeys wanted) {
    int keyGroup = GroupRecords.keyGroup(tableKey, range);
    if (looks.earliest(keyGroup) != KeyWindows.NEVER) {
      wanted.add(keyGroup, encode(tableKey));
    }
  }

  /** Hands over those of the keys that are here, once each. */
  void take(EncodedKeys wanted, Consumer<KeyWindows> target) {
    List<byte @Nullable []> values = keys.getAll(wanted.keyGroups(), wanted.all());
    for (int i = 0; i < values.size(); i++) {
      byte[] row = values.get(i);
      if (row != null) {
        take(wanted.keyGroup(i), wanted.key(i), row, target);
      }
    }
  }

  /**
   * Hands over some keys that are to be looked at before a time.
   *
   * @return whether there were any
   */
  boolean takeBefore(long time, Consumer<KeyWindows> target) {
    EncodedKeys due = looks.before(time, MOST_KEYS);
    if (due == null) {
      return false;
    }
    take(due, target);
    return true;
  }

  private void take(int keyGroup, byte[] encoded, byte[] row, Consumer<KeyWindows> target) {
    try {
      KeyWindows back = new KeyWindows(records.readKey(new ByteSource(encoded, 0, encoded.length)));
      ByteSource in = new ByteSource(row, 0, row.length);
      back.nextLook = GroupRecords.readLong(in);
      long hold = GroupRecords.readLong(in);
      while (in.available() > 0) {
        back.windows.add(windows.read(in));
      }
      keys.delete(keyGroup, encoded, encoded.length);
      looks.remove(keyGroup, back.nextLook, encoded);
      if (hold != KeyWindows.NEVER) {
        holds.remove(keyGroup, hold, encoded);
      }
      target.accept(back);
    } catch (IOException e) {
      throw new UncheckedIOException("A key's windows cannot be decoded", e);
    }
  }

  // ---- Snapshot ----------------------------------------------------------------------------

  /** Section {@code rows}: of each key group that has rows, its next look and its hold. */
  void snapshot(SnapshotWriter out) {
    SnapshotWriter.Section section = out.section(SECTION);
    for (int keyGroup = range.first(); keyGroup < range.end(); keyGroup++) {
      long look = looks.earliest(keyGroup);
      if (look != KeyWindows.NEVER) {
        ByteSink record = section.keyed(keyGroup);
        record.writeLong(look);
        record.writeLong(holds.earliest(keyGroup));
      }
    }
  }

  void restore(RestoredState restored) throws IOException {
    restored.read(
        SECTION,
        (keyGroup, record) -> {
          looks.restore(keyGroup, GroupRecords.readLong(record));
          holds.restore(keyGroup, GroupRecords.readLong(record));
        });
  }
}
