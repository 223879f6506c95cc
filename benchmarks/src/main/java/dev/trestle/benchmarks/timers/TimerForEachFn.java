package dev.trestle.benchmarks.timers;

import java.util.concurrent.atomic.LongAdder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Sets a timer for each key, at times in no order, a hundred keys to a millisecond. Counts, for the
 * whole JVM, those that fire when they should: at their time, and after those that come before.
 */
final class TimerForEachFn extends DoFn<KV<Long, Long>, Void> {
  private static final long serialVersionUID = 1L;
  private static final long PRIME = 1_000_003;
  private static final long TOGETHER = 100;

  static final LongAdder FIRED = new LongAdder();

  @TimerId("due")
  private final TimerSpec due = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  private final long keys;
  private transient long last;

  TimerForEachFn(long keys) {
    this.keys = keys;
  }

  private long time(long key) {
    return key * PRIME % keys / TOGETHER;
  }

  @ProcessElement
  public void process(@Element KV<Long, Long> element, @TimerId("due") Timer timer) {
    timer.set(Instant.ofEpochMilli(time(element.getKey())));
  }

  @OnTimer("due")
  public void fire(@Key Long key, OnTimerContext context) {
    long now = context.fireTimestamp().getMillis();
    if (now < last || now != time(key)) {
      throw new IllegalStateException("A timer fires at " + now + ", after " + last);
    }
    last = now;
    FIRED.increment();
  }
}
