package dev.trestle.integration.chaos.job;

/**
 * The value of a record in the topic of events: {@code TIMESTAMP AMOUNT}, or {@code end}.
 *
 * @param timestamp milliseconds since 1970
 */
record Event(long timestamp, long amount) {

  private static final String END = "end";

  /** Whether it is the mark behind the last event of a partition. */
  static boolean isEnd(String value) {
    return value.equals(END);
  }

  static Event parse(String value) {
    int space = value.indexOf(' ');
    return new Event(
        Long.parseLong(value, 0, space, 10), Long.parseLong(value, space + 1, value.length(), 10));
  }
}
