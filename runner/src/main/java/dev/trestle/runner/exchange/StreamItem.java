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
   * @param millis milliseconds, before the end of time: that is {@link EndOfInput}
   */
  record Watermark(long millis) implements StreamItem {}

  /**
   * Nothing is to be expected for now: nobody should wait for the watermark, until elements or a
   * watermark follow.
   */
  record Idle() implements StreamItem {}

  /** What came before belongs to checkpoint {@code id}, what follows does not. */
  record Barrier(long id) implements StreamItem {}

  /** Nothing follows. */
  record EndOfInput() implements StreamItem {}
}
