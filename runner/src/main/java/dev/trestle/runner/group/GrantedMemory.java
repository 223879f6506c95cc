package dev.trestle.runner.group;

import dev.trestle.state.memory.MemoryBudget;
import org.jspecify.annotations.Nullable;

/** What an operator has been granted of the memory budget, in large pieces. */
final class GrantedMemory {

  /** Bytes that are used without asking, where the whole budget is not less. */
  private static final long MINIMUM = 1L << 20;

  private static final long PIECE = 1L << 20;

  private @Nullable MemoryBudget budget;
  private long minimum;
  private long granted;

  /** Must be called before anything else. */
  void open(MemoryBudget of) {
    budget = of;
    minimum = Math.min(MINIMUM, of.total());
  }

  /** Whether so many bytes may be used; asks for more if need be. */
  boolean covers(long bytes) {
    long missing = bytes - minimum - granted;
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

  /** How many bytes may be used without asking for more. */
  long covered() {
    return minimum + granted;
  }

  /** Gives back what is not needed for so many bytes, but for a piece. */
  void shrinkTo(long bytes) {
    long needless = granted - PIECE - Math.max(0, bytes - minimum);
    if (budget != null && needless >= PIECE) {
      budget.release(needless);
      granted -= needless;
    }
  }

  /** Gives everything back. */
  void release() {
    if (budget != null && granted > 0) {
      budget.release(granted);
      granted = 0;
    }
  }
}
