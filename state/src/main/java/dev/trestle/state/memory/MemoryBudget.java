package dev.trestle.state.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many bytes, shared by all tasks of a process. Whoever buffers reserves first, in chunks of
 * about a megabyte, and goes to disk when it is refused; nobody waits. Every user may hold a small
 * minimum without asking, so that it can always make progress. Thread safe.
 */
public final class MemoryBudget {

  private final long total;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param bytes how many there are to reserve; 0 makes everything spill
   */
  public MemoryBudget(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("A memory budget cannot be negative: " + bytes);
    }
    total = bytes;
  }

  /** Reserves all of {@code bytes} or nothing, and says which. */
  public boolean tryReserve(long bytes) {
    long now = used.get();
    while (bytes <= total - now) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  /**
   * Gives back what was reserved.
   *
   * @throws IllegalStateException if more is given back than was reserved
   */
  public void release(long bytes) {
    if (used.addAndGet(-bytes) < 0) {
      throw new IllegalStateException("More memory given back than was reserved, by " + bytes);
    }
  }

  /** All bytes, reserved or not. */
  public long total() {
    return total;
  }

  /** Bytes reserved at the moment. */
  public long used() {
    return used.get();
  }
}
