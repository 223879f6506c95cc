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
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Windows that had no room in memory, sorted by key. A record's key is the encoded key; its value
 * is a timestamp (8 bytes), the length of the encoded window (4), the window, and a piece of an
 * aggregate.
 *
 * <p>Which windows a key has is known when all its records have been seen. A key whose records are
 * few is put together in memory; those of a larger one are sorted once more, by the window that
 * they have become part of.
 */
final class SpilledWindows implements AutoCloseable {

  /** A key with so many bytes of records is brought back into memory as a whole. */
  private static final long MOST_COPIED = 1L << 20;

  private static final int TIME = 0;
  private static final int LENGTH = Long.BYTES;
  private static final int WINDOW = LENGTH + Integer.BYTES;

  private final Reduction reduction;
  private final KeyCodec keys;
  private final WindowMerging merging;
  private final Coder<BoundedWindow> windowCoder;
  private final MemoryBudget budget;
  private final SpillDirectory directory;
  private final SpillingSorter sorter;
  private final ByteSink encodedKey = new ByteSink();
  private final ByteSink value = new ByteSink();
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
      Coder<BoundedWindow> windowCoder) {
    this.reduction = reduction;
    this.keys = keys;
    this.merging = merging;
    this.windowCoder = windowCoder;
    budget = context.memory();
    directory = context.spill();
    sorter = new SpillingSorter(budget, directory);
  }

  /** Takes the windows of a key. */
  void add(Object tableKey, ActiveWindows windows) {
    encodedKey.reset();
    keys.encode(tableKey, encodedKey);
    for (int i = 0; i < windows.size(); i++) {
      ActiveWindow active = windows.get(i);
      value.reset();
      value.writeLong(active.time);
      value.writeInt(0);
      Combiner.encode(windowCoder, active.window(), value);
      int header = value.size();
      value.setInt(LENGTH, header - WINDOW);
      reduction.write(
          active.aggregate,
          (bytes, start, end) -> {
            value.truncate(header);
            value.write(bytes, start, end - start);
            sorter.add(encodedKey.array(), 0, encodedKey.size(), value.array(), 0, value.size());
          });
    }
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
    ActiveWindows windows = new ActiveWindows();
    for (ByteSlice record : ofKey.values()) {
      ActiveWindow home = merging.joinLoosely(windows, windowOf(record));
      combineTime(home, timeOf(record), home.aggregate == Reduction.ABSENT);
      home.aggregate =
          reduction.addPiece(home.aggregate, record.bytes(), pieceOf(record), record.end());
    }
    merging.settle(windows);
    whole = windows;
  }

  private void sortByWindow(SortedGroups ofKey) {
    ActiveWindows windows = new ActiveWindows();
    for (ByteSlice record : ofKey.values()) {
      merging.join(windows, windowOf(record));
    }
    IdentityHashMap<ActiveWindow, Integer> numbers = new IdentityHashMap<>();
    numbered = new ArrayList<>();
    ByteSink number = new ByteSink();
    try (SpillingSorter again = new SpillingSorter(budget, directory)) {
      for (ByteSlice record : ofKey.values()) {
        ActiveWindow home = merging.join(windows, windowOf(record));
        Integer known = numbers.putIfAbsent(home, numbered.size());
        combineTime(home, timeOf(record), known == null);
        if (known == null) {
          known = numbered.size();
          numbered.add(home);
        }
        number.reset();
        number.writeInt(known);
        again.add(number.array(), 0, Integer.BYTES, record.bytes(), pieceOf(record), record.end());
      }
      byWindow = again.finish();
    }
  }

  private void combineTime(ActiveWindow home, long time, boolean first) {
    home.time = first ? time : merging.combine(home.time, time);
  }

  private static long timeOf(ByteSlice record) {
    return BigEndian.readLong(record.bytes(), record.start() + TIME);
  }

  private BoundedWindow windowOf(ByteSlice record) {
    int start = record.start() + WINDOW;
    return EncodedValues.decode(windowCoder, record.bytes(), start, pieceOf(record));
  }

  private static int pieceOf(ByteSlice record) {
    int start = record.start() + WINDOW;
    return start + BigEndian.readInt(record.bytes(), record.start() + LENGTH);
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
