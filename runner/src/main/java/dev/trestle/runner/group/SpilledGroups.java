package dev.trestle.runner.group;

import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.state.spill.ByteSlice;
import dev.trestle.state.spill.SortedGroups;
import dev.trestle.state.spill.SpillingSorter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates that had no room in memory, sorted by window and key. A record's key is the number of
 * its window (4 bytes) and the encoded key; its value is a timestamp (8 bytes, where panes take
 * theirs from elements) and a piece of an aggregate.
 */
final class SpilledGroups implements AutoCloseable {

  private final Reduction reduction;
  private final KeyCodec keys;
  private final TimestampCombiner timestamps;
  private final int header;
  private final SpillingSorter sorter;
  private final Map<BoundedWindow, Integer> numbers = new HashMap<>();
  private final List<BoundedWindow> windows = new ArrayList<>();
  private final ByteSink key = new ByteSink();
  private final ByteSink value = new ByteSink();
  private @Nullable SortedGroups groups;

  SpilledGroups(
      OperatorContext context, Reduction reduction, KeyCodec keys, TimestampCombiner timestamps) {
    this.reduction = reduction;
    this.keys = keys;
    this.timestamps = timestamps;
    header = timestamps.dependsOnlyOnWindow() ? 0 : Long.BYTES;
    sorter = new SpillingSorter(context.memory(), context.spill());
  }

  /** Takes all aggregates of a slice, once for each of its windows. */
  void add(WindowSlice slice) {
    KeyTable table = slice.table;
    for (OpenWindow member : slice.members) {
      int window = number(member.window);
      for (int i = 0; i < table.size(); i++) {
        setKey(window, table.key(i));
        long time = table.time(i);
        reduction.write(
            table.aggregate(i),
            (bytes, start, end) -> {
              value.reset();
              if (header > 0) {
                value.writeLong(time);
              }
              value.write(bytes, start, end - start);
              sorter.add(key.array(), 0, key.size(), value.array(), 0, value.size());
            });
      }
    }
  }

  private int number(BoundedWindow window) {
    Integer known = numbers.putIfAbsent(window, windows.size());
    if (known != null) {
      return known;
    }
    windows.add(window);
    return windows.size() - 1;
  }

  private void setKey(int window, Object tableKey) {
    key.reset();
    key.writeInt(window);
    keys.encode(tableKey, key);
  }

  /** Goes to the next window and key, the first one at the first call; false when there is none. */
  boolean next() {
    if (groups == null) {
      groups = sorter.finish();
    }
    return groups.nextKey();
  }

  BoundedWindow window() {
    SortedGroups current = current();
    return windows.get(BigEndian.readInt(current.keyBytes(), current.keyStart()));
  }

  @Nullable Object key() {
    SortedGroups current = current();
    return keys.decode(current.keyBytes(), current.keyStart() + Integer.BYTES, current.keyEnd());
  }

  /** The combined timestamp, in milliseconds; {@code Long.MAX_VALUE} where the window gives it. */
  long time() {
    if (header == 0) {
      return Long.MAX_VALUE;
    }
    boolean earliest = timestamps.dependsOnlyOnEarliestTimestamp();
    long combined = earliest ? Long.MAX_VALUE : Long.MIN_VALUE;
    for (ByteSlice piece : current().values()) {
      long time = BigEndian.readLong(piece.bytes(), piece.start());
      combined = earliest ? Math.min(combined, time) : Math.max(combined, time);
    }
    return combined;
  }

  /** What the pane hands out. */
  @Nullable Object output() {
    return reduction.outputOf(current().values(), header);
  }

  private SortedGroups current() {
    if (groups == null) {
      throw new IllegalStateException("Not on a key");
    }
    return groups;
  }

  @Override
  public void close() {
    sorter.close();
    if (groups != null) {
      groups.close();
    }
  }
}
