package dev.trestle.state.rocks;

import dev.trestle.state.memory.MemoryBudget;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are in memory, and which go when there are too many. Rows lie on a clock; its hand
 * cools the rows that it passes, and takes those that are cold. A row that is used gets warmer, up
 * to three rounds, so that keys which come again and again outlast a flood of keys that come once.
 * Many rows go at a time, so that the hand's work and the writes are done in one piece.
 *
 * <p>Sizes are estimates: of a key once its bytes, of values twice theirs, and a constant for
 * objects that hold them. Memory is reserved from the budget step by step and given back at the
 * end; a small minimum is always there. Not thread safe.
 */
final class RowCache {

  /** Row, array of cells, key, bucket and slot, in bytes. */
  static final int ROW_BYTES = 152;

  private static final long MINIMUM = 256 << 10;
  private static final long STEP = 1 << 20;

  private final MemoryBudget budget;
  private final long most;
  private @Nullable Row[] rows = new @Nullable Row[256];
  private int size;
  private int hand;
  private long bytes;
  private long limit;
  private long reserved;

  /**
   * @param most bytes that this may grow to, if the budget has them
   */
  RowCache(MemoryBudget budget, long most) {
    this.budget = budget;
    this.most = most;
    limit = Math.min(most, MINIMUM);
  }

  void add(Row row) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, size + (size >> 1));
    }
    row.slot = size;
    rows[size++] = row;
    bytes += row.bytes;
  }

  void remove(Row row) {
    Row last = at(--size);
    last.slot = row.slot;
    rows[row.slot] = last;
    rows[size] = null;
    row.slot = -1;
    bytes -= row.bytes;
  }

  private Row at(int slot) {
    Row row = rows[slot];
    if (row == null) {
      throw new IllegalStateException("No row in slot " + slot);
    }
    return row;
  }

  void charge(Row row, long more) {
    row.bytes += more;
    bytes += more;
  }

  /** Charges for what a list or a map of the row takes, or does not any more. */
  void chargeExtra(Row row, long more) {
    row.extraBytes += more;
    charge(row, more);
  }

  void chargeAtLeast(Row row, long least) {
    if (row.bytes < least) {
      charge(row, least - row.bytes);
    }
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  long limit() {
    return limit;
  }

  /** Whether rows have to go, after an attempt to get more memory. */
  boolean isFull() {
    while (bytes > limit) {
      long step = Math.min(STEP, most - limit);
      if (step <= 0 || !budget.tryReserve(step)) {
        return true;
      }
      reserved += step;
      limit += step;
    }
    return false;
  }

  /** Adds to {@code victims} what has to go for an eighth to be free. */
  void choose(List<Row> victims) {
    long excess = bytes - (limit - (limit >> 3));
    int steps = 0;
    while (excess > 0 && victims.size() < size && steps++ < 5L * size) {
      if (hand >= size) {
        hand = 0;
      }
      Row row = at(hand++);
      if (!row.leaving && row.cool()) {
        row.leaving = true;
        excess -= row.bytes;
        victims.add(row);
      }
    }
  }

  /** All rows in no particular order, for reading. */
  void addAll(List<Row> target) {
    for (int i = 0; i < size; i++) {
      target.add(at(i));
    }
  }

  /** Gives all memory back. */
  void close() {
    budget.release(reserved);
    reserved = 0;
    rows = new @Nullable Row[1];
    size = 0;
  }
}
