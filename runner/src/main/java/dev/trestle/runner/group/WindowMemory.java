package dev.trestle.runner.group;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.memory.MemoryGrant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps windows within the memory budget: what has no room goes to {@link WindowRows}.
 *
 * <p>Windows that have ended go first, for hardly anything comes for them, then the largest slices,
 * until half of what was granted is free. A slice goes as a whole and goes on collecting: the fewer
 * times it has to go, the fewer rows its keys have in the end.
 */
final class WindowMemory {

  /** How many elements come between two looks at the sizes of aggregates. */
  private static final int ELEMENTS_PER_SAMPLE = 1 << 14;

  /** What is in memory is written into each checkpoint as long as it has no more bytes. */
  private static final long MOST_IN_RECORDS = 16L << 20;

  private final Reduction reduction;
  private final SliceStore store;
  private final EndedWindows ended;
  private final GroupRecords records;
  private MemoryGrant granted = MemoryGrant.none();
  private @Nullable OperatorContext context;
  private @Nullable WindowRows rows;
  private int untilSample;

  WindowMemory(Reduction reduction, SliceStore store, EndedWindows ended, GroupRecords records) {
    this.reduction = reduction;
    this.store = store;
    this.ended = ended;
    this.records = records;
  }

  /** Must be called before anything else. */
  void open(OperatorContext operatorContext) {
    context = operatorContext;
    granted = MemoryGrant.of(operatorContext.memory());
    if (operatorContext.restored().isRestored()) {
      rows(); // there may be some
    }
  }

  /** What has left the memory; null if nothing ever has. */
  @Nullable WindowRows rowsIfAny() {
    return rows;
  }

  /** What has left the memory. */
  WindowRows rows() {
    WindowRows known = rows;
    if (known == null) {
      if (context == null) {
        throw new IllegalStateException("Not open");
      }
      known = new WindowRows(context, reduction, records);
      rows = known;
    }
    return known;
  }

  /**
   * To be called after each batch.
   *
   * @param elements how many it had
   * @param slice got elements last
   */
  void batchAdded(int elements, @Nullable WindowSlice slice) {
    untilSample -= elements;
    if (slice != null && untilSample <= 0) {
      untilSample = ELEMENTS_PER_SAMPLE;
      KeyTable table = slice.table;
      reduction.sample(table.size(), table::aggregate);
    }
    keepWithinBudget();
  }

  void keepWithinBudget() {
    if (!granted.covers(store.bytes())) {
      makeRoom();
    }
  }

  private void makeRoom() {
    long most = granted.covered() / 2;
    for (OpenWindow window : ended.all()) {
      if (store.bytes() <= most) {
        break;
      }
      moveOut(window);
    }
    List<WindowSlice> slices = new ArrayList<>(store.slices());
    slices.sort(Comparator.comparingInt(slice -> -slice.table.size()));
    for (WindowSlice slice : slices) {
      if (store.bytes() <= most) {
        break;
      }
      moveOut(slice);
    }
    shrink();
  }

  /**
   * To be called before a snapshot: moves out what the next ones would have to write again. That is
   * done with lists, whose rows have each value once however often they go; an accumulator of a key
   * that never rests would have a row for each checkpoint. What several windows share stays, for
   * each of them would read it from rows.
   */
  void beforeSnapshot() {
    if (reduction.concatenates() && store.bytes() > MOST_IN_RECORDS) {
      for (WindowSlice slice : store.slices()) {
        if (slice.members.length == 1) {
          moveOut(slice);
        }
      }
      shrink();
    }
  }

  /** Gives back what is not needed any more. */
  void shrink() {
    granted.shrinkTo(store.bytes());
  }

  /** Whether a window that is about to end has to be fired from rows. */
  boolean firesFromRows(OpenWindow window) {
    if (window.scan != null || window.hasRows()) {
      return true;
    }
    WindowSlice only = window.slices.peek();
    if (window.table != null || (only != null && window.slices.size() == 1 && only.pending == 1)) {
      return false;
    }
    long more = 0;
    for (WindowSlice slice : window.slices) {
      more += store.bytes(slice);
    }
    return !granted.covers(store.bytes() + more);
  }

  /**
   * Moves all out that belongs to a window which is about to end.
   *
   * @return whether it has been done; false when the share was used up first
   */
  boolean moveOutSlices(OpenWindow window, Slice share) {
    for (WindowSlice slice = window.slices.peek(); slice != null; slice = window.slices.peek()) {
      if (share.isUsedUp()) {
        return false;
      }
      share.spend(slice.table.size());
      moveOut(slice);
      store.release(window, slice);
    }
    return true;
  }

  private void moveOut(WindowSlice slice) {
    if (slice.table.size() > 0) {
      rows().write(slice);
      store.empty(slice);
    }
  }

  /** Moves out what is known of the keys of a window that has ended. */
  void moveOut(OpenWindow window) {
    KeyTable table = window.table;
    if (table != null && table.size() > 0) {
      rows().writeEnded(window, table);
      store.drop(table);
      window.empty(store.newTable());
    }
  }

  /** Forgets a window that has expired. */
  void drop(OpenWindow window) {
    if (window.table != null) {
      store.drop(window.table);
    }
    if (window.hasRows()) {
      rows().release(window);
    }
  }

  void close() {
    granted.close();
  }
}
