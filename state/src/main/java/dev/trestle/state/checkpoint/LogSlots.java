package dev.trestle.state.checkpoint;

import java.io.IOException;

/**
 * Which entries of the {@link CommitLog} may be deleted, such that the end of the log is found, and
 * a late writer is found out, by asking for single entries: nobody has to believe a listing.
 *
 * <p>The multiples of {@code radix} are a sparse log of the log, their multiples a sparser one, and
 * so on for {@code levels}. The level of an entry is that of the sparsest it belongs to. An entry
 * may go once the next entry <em>of a sparser level</em> behind it is there, and those of the
 * sparsest never go. So of each level but the last at most {@code radix} entries stay, and {@code
 * KEPT} more.
 *
 * <ul>
 *   <li>The end: among the entries of a level behind the last one of the level above, none has
 *       gone, so the last is found by doubling steps and then halving them ({@link #end}).
 *   <li>Late writers: one that slept may write an entry that others wrote and deleted long ago.
 *       Whoever created an entry asks for the next of each sparser level behind it, densest first
 *       ({@link #overtaken}). If this entry had been deleted, the next of a sparser level had been
 *       there: it is found, or it was deleted too and then the next of a yet sparser level is
 *       found, and so on; the sparsest are never deleted.
 * </ul>
 *
 * @param radix at least 2
 * @param levels at least 1
 * @param kept so many of the newest stay in any case, for the day when the last cannot be read
 */
record LogSlots(int radix, int levels, int kept) {

  /** At one entry in 10 s, an entry of the sparsest level is made once in a week. */
  static final LogSlots DEFAULT = new LogSlots(256, 3, 16);

  /** Asks whether an entry is there. */
  interface Lookup {
    boolean exists(long slot) throws IOException;
  }

  /**
   * The last entry, 0 if there is none. While others write and delete it may be one that was not
   * the last even then; writing behind it then fails, or is {@link #overtaken}.
   */
  long end(Lookup lookup) throws IOException {
    long end = 0;
    for (int level = levels - 1; level >= 0; level--) {
      long step = step(level);
      long there = 0;
      long missing = 1;
      while (lookup.exists(end + missing * step)) {
        there = missing;
        missing *= 2;
      }
      while (missing - there > 1) {
        long middle = (there + missing) / 2;
        if (lookup.exists(end + middle * step)) {
          there = middle;
        } else {
          missing = middle;
        }
      }
      end += there * step;
    }
    return end;
  }

  /** Whether the log is known to have gone on long behind this entry. */
  boolean overtaken(long slot, Lookup lookup) throws IOException {
    for (int level = level(slot) + 1; level < levels; level++) {
      if (lookup.exists(nextOf(level, slot))) {
        return true;
      }
    }
    return false;
  }

  /** Whether an entry may be deleted, given the last one. */
  boolean deletable(long slot, long end) {
    int sparser = level(slot) + 1;
    return slot < end - kept && sparser < levels && nextOf(sparser, slot) <= end;
  }

  private int level(long slot) {
    int level = 0;
    while (level < levels - 1 && slot % step(level + 1) == 0) {
      level++;
    }
    return level;
  }

  private long nextOf(int level, long slot) {
    long step = step(level);
    return (slot / step + 1) * step;
  }

  private long step(int level) {
    long step = 1;
    for (int i = 0; i < level; i++) {
      step *= radix;
    }
    return step;
  }
}
