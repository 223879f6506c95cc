package dev.trestle.runner.source;

/**
 * Whether a split has had nothing to read for so long that its watermark is not waited for. Only
 * what is seen when the split is looked at counts: one that nobody looked at is not idle for that.
 */
final class Idleness {

  private final long limit;
  private boolean empty;
  private long emptySince;
  private boolean idle;

  /**
   * A split that is not idle.
   *
   * @param limit in milliseconds of processing time; 0 for never idle
   */
  Idleness(long limit) {
    this.limit = limit;
  }

  /**
   * Says what was found.
   *
   * @param now processing time in milliseconds
   */
  void looked(boolean found, long now) {
    if (found) {
      empty = false;
      idle = false;
    } else if (!empty) {
      empty = true;
      emptySince = now;
    } else {
      idle = limit > 0 && now - emptySince >= limit;
    }
  }

  boolean isIdle() {
    return idle;
  }
}
