package dev.trestle.state.memory;

/**
 * What one user has of a budget: a small minimum without asking, and more step by step, which is
 * given back when it is not needed any more. Not thread safe.
 */
public final class MemoryGrant implements AutoCloseable {

  private static final long MINIMUM = 1 << 20;
  private static final long STEP = 1 << 20;

  private final MemoryBudget budget;
  private final long most;
  private final long minimum;
  private long granted;

  /**
   * Nothing so far.
   *
   * @param most bytes that this may grow to, if the budget has them
   */
  public MemoryGrant(MemoryBudget budget, long most) {
    this.budget = budget;
    this.most = most;
    minimum = Math.min(most, MINIMUM);
  }

  /** Whatever the budget has. */
  public static MemoryGrant of(MemoryBudget budget) {
    return new MemoryGrant(budget, budget.total());
  }

  /** Nothing, whatever is asked for: stands for a grant before there is one. */
  public static MemoryGrant none() {
    return new MemoryGrant(new MemoryBudget(0), 0);
  }

  /** Whether so many bytes may be used; asks for more if need be. */
  public boolean covers(long bytes) {
    while (bytes > minimum + granted) {
      long step = Math.min(STEP, most - minimum - granted);
      if (step <= 0 || !budget.tryReserve(step)) {
        return false;
      }
      granted += step;
    }
    return true;
  }

  /** How many bytes may be used without asking for more. */
  public long covered() {
    return minimum + granted;
  }

  /** Says that no more than so many bytes are used. Keeps a step or two for what may come. */
  public void shrinkTo(long bytes) {
    while (granted >= STEP && bytes < minimum + granted - 2 * STEP) {
      budget.release(STEP);
      granted -= STEP;
    }
  }

  /** Gives everything back: nothing is used any more. It may be asked for again. */
  @Override
  public void close() {
    budget.release(granted);
    granted = 0;
  }
}
