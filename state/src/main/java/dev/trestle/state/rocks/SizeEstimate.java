package dev.trestle.state.rocks;

/**
 * What a value of a table takes, encoded: a moving average over those that were encoded anyway, and
 * over a sample of the others. Not thread safe.
 */
final class SizeEstimate {

  private static final int ALL_OF_THE_FIRST = 16;
  private static final int ONE_OF = 64;
  private static final int WEIGHT_BITS = 3;

  private int usual;
  private int asked;
  private boolean known;

  /** Bytes of a value that has not been encoded. */
  int usual() {
    return usual;
  }

  /** Whether the next new value should be encoded to see how large it is. */
  boolean wantsSample() {
    int number = asked++;
    return number < ALL_OF_THE_FIRST || number % ONE_OF == 0;
  }

  /** Takes note of the bytes of a value. */
  void add(int bytes) {
    usual = known ? usual + ((bytes - usual) >> WEIGHT_BITS) : bytes;
    known = true;
  }
}
