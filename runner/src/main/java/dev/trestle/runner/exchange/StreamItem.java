package dev.trestle.runner.exchange;

/** What travels through a channel, in order. */
public sealed interface StreamItem {

  /** Elements. */
  non-sealed interface Elements extends StreamItem {
    /** How many. */
    int size();

    /** A rough size in bytes, for back-pressure. */
    long bytes();
  }

  /**
   * No element before this time follows, late data excepted.
   *
   * @param millis milliseconds; {@code Long.MAX_VALUE} is never sent, see {@link EndOfInput}
   * @param idle the writer has nothing to say for now: readers leave it out of their minimum
   */
  record Watermark(long millis, boolean idle) implements StreamItem {}

  /** What came before belongs to checkpoint {@code id}, what follows does not. */
  record Barrier(long id) implements StreamItem {}

  /** Nothing follows. */
  record EndOfInput() implements StreamItem {}
}
