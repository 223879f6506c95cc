package dev.trestle.runner.group;

/**
 * The slots of an open-addressed hash table: each has the mixed hash of an entry in the upper half
 * and the entry's number and 1 in the lower, or is 0 for free. A hash is looked for first at its
 * upper bits, then in the slots that follow. Those who probe do so in code of their own, which
 * knows what it compares.
 */
final class Slots {

  private Slots() {}

  /** How far a mixed hash is shifted to give its place among so many slots, a power of two. */
  static int shift(int count) {
    return 32 - Integer.numberOfTrailingZeros(count);
  }

  /** The same entries in twice as many slots. */
  static long[] doubled(long[] slots) {
    long[] grown = new long[Math.multiplyExact(slots.length, 2)];
    int mask = grown.length - 1;
    int shift = shift(grown.length);
    for (long slot : slots) {
      if (slot != 0) {
        int at = (int) (slot >>> 32) >>> shift;
        while (grown[at] != 0) {
          at = (at + 1) & mask;
        }
        grown[at] = slot;
      }
    }
    return grown;
  }
}
