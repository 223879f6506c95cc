package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.spill.ByteSlice;
import dev.trestle.state.spill.SortedGroups;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.spill.SpillingSorter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Windows that had no room in memory, as {@link WindowRecords} sorted by encoded key.
 *
 * <p>Which windows a key has is known when all its records have been seen. A key whose records are
 * few is put together in memory; those of a larger one are sorted once more, by the window that
 * they have become part of.
 */
final class SpilledWindows implements AutoCloseable {

  /** A key with so many bytes of records is brought back into memory as a whole. */
  private static final long MOST_COPIED = 1L << 20;

  private final Reduction reduction;
  private final KeyCodec keys;
  private final WindowMerging merging;
  private final WindowRecords format;
  private final KeyAssembly assembly;
  private final MemoryBudget budget;
  private final SpillDirectory directory;
  private final SpillingSorter sorter;
  private final ByteSink encodedKey = new ByteSink();
  private final ByteSink record = new ByteSink();
  private @Nullable SortedGroups groups;
  private @Nullable Object key;

  /** What is left of a key that was put together in memory. */
  private ActiveWindows whole = new ActiveWindows();

  /** The records of a larger key by window, and the windows by number. */
  private @Nullable SortedGroups byWindow;

  private List<ActiveWindow> numbered = List.of();
  private @Nullable ActiveWindow window;

  SpilledWindows(
      OperatorContext context,
      Reduction reduction,
      KeyCodec keys,
      WindowMerging merging,
      WindowRecords format) {
    this.reduction = reduction;
    this.keys = keys;
    this.merging = merging;
    this.format = format;
    assembly = new KeyAssembly(reduction, merging, format);
    budget = context.memory();
    directory = context.spill();
    sorter = new SpillingSorter(budget, directory);
  }

  /** Says to which key the next records belong. */
  void setKey(Object tableKey) {
    encodedKey.reset();
    keys.encode(tableKey, encodedKey);
  }

  /** Takes a window. */
  void add(ActiveWindow window) {
    format.begin(record, window.time, window.window());
    int header = record.size();
    reduction.write(
        window.aggregate,
        (bytes, start, end) -> {
          record.truncate(header);
          record.write(bytes, start, end - start);
          add(record.array(), 0, record.size());
        });
  }

  /** Takes a record. */
  void add(byte[] bytes, int start, int end) {
    sorter.add(encodedKey.array(), 0, encodedKey.size(), bytes, start, end);
  }

  // ---- Reading -----------------------------------------------------------------------------

  /** Goes to the next key and window, the first one at the first call; false if there is none. */
  boolean next() {
    while (true) {
      if (whole.size() > 0) {
        int last = whole.size() - 1;
        window = whole.get(last);
        whole.remove(last);
        return true;
      }
      SortedGroups large = byWindow;
      if (large != null) {
        if (large.nextKey()) {
          window = numbered.get(BigEndian.readInt(large.keyBytes(), large.keyStart()));
          return true;
        }
        large.close();
        byWindow = null;
      }
      if (groups == null) {
        groups = sorter.finish();
      }
      if (!groups.nextKey()) {
        return false;
      }
      key = keys.decode(groups.keyBytes(), groups.keyStart(), groups.keyEnd());
      if (bytes(groups) <= MOST_COPIED) {
        putTogether(groups);
      } else {
        sortByWindow(groups);
      }
    }
  }

  private static long bytes(SortedGroups ofKey) {
    long bytes = 0;
    for (ByteSlice value : ofKey.values()) {
      bytes += value.length();
    }
    return bytes;
  }

  private void putTogether(SortedGroups ofKey) {
    EncodedValues records = new EncodedValues(0);
    for (ByteSlice slice : ofKey.values()) {
      records.add(slice.bytes(), slice.start(), slice.end());
    }
    whole = assembly.assemble(records);
  }

  private void sortByWindow(SortedGroups ofKey) {
    ActiveWindows windows = new ActiveWindows();
    for (ByteSlice slice : ofKey.values()) {
      merging.join(windows, format.window(slice.bytes(), slice.start()));
    }
    IdentityHashMap<ActiveWindow, Integer> numbers = new IdentityHashMap<>();
    numbered = new ArrayList<>();
    ByteSink number = new ByteSink();
    try (SpillingSorter again = new SpillingSorter(budget, directory)) {
      for (ByteSlice slice : ofKey.values()) {
        byte[] bytes = slice.bytes();
        int start = slice.start();
        ActiveWindow home = merging.join(windows, format.window(bytes, start));
        long time = WindowRecords.time(bytes, start);
        Integer known = numbers.putIfAbsent(home, numbered.size());
        home.time = known == null ? time : merging.combine(home.time, time);
        if (known == null) {
          known = numbered.size();
          numbered.add(home);
        }
        number.reset();
        number.writeInt(known);
        again.add(
            number.array(),
            0,
            Integer.BYTES,
            bytes,
            WindowRecords.piece(bytes, start),
            slice.end());
      }
      byWindow = again.finish();
    }
  }

  @Nullable Object key() {
    return key;
  }

  ActiveWindow window() {
    if (window == null) {
      throw new IllegalStateException("Not on a window");
    }
    return window;
  }

  /** What the pane hands out. */
  @Nullable Object output() {
    return byWindow == null
        ? reduction.output(window().aggregate)
        : reduction.outputOf(byWindow.values(), 0);
  }

  @Override
  public void close() {
    sorter.close();
    if (groups != null) {
      groups.close();
    }
    if (byWindow != null) {
      byWindow.close();
    }
  }
}
