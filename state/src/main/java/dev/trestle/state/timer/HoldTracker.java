package dev.trestle.state.timer;

/**
 * A multiset of times in milliseconds, of which the least is wanted. {@link #add} and {@link
 * #remove} cost O(log n), amortised, and allocate nothing; {@link #least} is there at once.
 *
 * <p>Two heaps: what was added, and what was removed of it but did not stand on top yet. When both
 * have the same least value, it goes. When more than half of what was added has been removed, it is
 * all settled at once, so that one old hold below many short ones does not make the heaps grow. Not
 * thread safe.
 */
public final class HoldTracker {

  private static final int FEW = 64;

  private final LongHeap added = new LongHeap();
  private final LongHeap removed = new LongHeap();

  public void add(long time) {
    added.add(time);
  }

  /** Takes away one occurrence of a time that was added; the tracker is broken if it was not. */
  public void remove(long time) {
    if (added.size() > 0 && added.least() == time) {
      added.removeLeast();
      settleTop();
      return;
    }
    removed.add(time);
    if (removed.size() > FEW && removed.size() > added.size() / 2) {
      added.subtract(removed);
    }
  }

  private void settleTop() {
    while (removed.size() > 0 && added.size() > 0 && removed.least() == added.least()) {
      added.removeLeast();
      removed.removeLeast();
    }
  }

  /** The least time; {@code Long.MAX_VALUE} when there is none. */
  public long least() {
    return added.size() == 0 ? Long.MAX_VALUE : added.least();
  }

  /** How many times there are, counting every occurrence. */
  public int size() {
    return added.size() - removed.size();
  }

  /** All times, counting every occurrence, in ascending order. */
  public long[] times() {
    if (removed.size() > 0) {
      added.subtract(removed);
    }
    return added.sorted();
  }

  /** How many times there is room for. */
  int capacity() {
    return added.capacity() + removed.capacity();
  }
}
