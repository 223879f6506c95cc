package dev.trestle.runner.dofn;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.joda.time.format.PeriodFormat;

/** How far a DoFn may move the timestamps of its outputs away from that of its input. */
final class TimestampBounds {

  private static final long LATEST = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  private final Duration skew;
  private final long skewMillis;

  private TimestampBounds(Duration skew) {
    this.skew = skew;
    skewMillis = skew.getMillis();
  }

  /** The bounds that a DoFn asks for. */
  @SuppressWarnings("deprecation") // deprecated for authors, but to be respected by runners
  static TimestampBounds of(DoFn<?, ?> fn) {
    return new TimestampBounds(fn.getAllowedTimestampSkew());
  }

  /** For splittable DoFns, whose outputs are bounded by their watermark estimators. */
  static TimestampBounds anyPast() {
    return new TimestampBounds(Duration.millis(Long.MAX_VALUE));
  }

  boolean contains(Instant output, Instant input) {
    long time = output.getMillis();
    long start = input.getMillis();
    long earliest = start - skewMillis;
    return time <= LATEST && (time >= earliest || earliest > start);
  }

  /**
   * Refuses an output out of bounds.
   *
   * @param input timestamp of the element or timer
   */
  void check(Instant output, Instant input) {
    if (!contains(output, input)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot output with timestamp %s. Output timestamps must be no earlier than the "
                  + "timestamp of the current input or timer (%s) minus the allowed skew (%s) and "
                  + "no later than %s. See the DoFn#getAllowedTimestampSkew() Javadoc for details "
                  + "on changing the allowed skew.",
              output, input, describe(), BoundedWindow.TIMESTAMP_MAX_VALUE));
    }
  }

  /** The allowed skew, for people. */
  String describe() {
    return skewMillis >= Integer.MAX_VALUE
        ? skew.toString()
        : PeriodFormat.getDefault().print(skew.toPeriod());
  }
}
