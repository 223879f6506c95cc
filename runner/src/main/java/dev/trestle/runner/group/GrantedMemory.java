package dev.trestle.runner.group;

import dev.trestle.state.memory.MemoryBudget;
import org.jspecify.annotations.Nullable;

/** What an operator has been granted of the memory budget, in large pieces. */
final class GrantedMemory {

  /** Bytes that are used without asking. */
  private static final long MINIMUM = 1L << 20;

  private static final long PIECE = 1L << 20;

  private @Nullable MemoryBudget budget;
  private long granted;

  /** Must be called before anything else. */
  void open(MemoryBudget of) {
    budget = of;
  }

  /** Whether so many bytes may be used; asks for more if need be. */
  boolean covers(long bytes) {
    long missing = bytes - MINIMUM - granted;
    if (missing <= 0) {
      return true;
    }
    long more = Math.max(missing, PIECE);
    if (budget == null || !budget.tryReserve(more)) {
      return false;
    }
    granted += more;
    return true;
  }

  /** Gives everything back. */
  void release() {
    if (budget != null && granted > 0) {
      budget.release(granted);
      granted = 0;
    }
  }
}
