package dev.trestle.integration.chaos.job;

import static java.util.Objects.requireNonNullElse;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * The sum of all amounts of a key so far, at the end of each minute of event time in which it has
 * events. They may come in any order.
 */
final class RunningTotals extends DoFn<KV<String, Long>, String> {

  private static final long serialVersionUID = 1L;
  private static final long MINUTE = 60_000;

  @StateId("pending")
  private final StateSpec<BagState<KV<Long, Long>>> pendingSpec = StateSpecs.bag();

  @StateId("due")
  private final StateSpec<ValueState<Long>> dueSpec = StateSpecs.value();

  @StateId("total")
  private final StateSpec<ValueState<Long>> totalSpec = StateSpecs.value();

  @StateId("key")
  private final StateSpec<ValueState<String>> keySpec = StateSpecs.value();

  @TimerId("minute")
  private final TimerSpec minuteSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @ProcessElement
  public void processElement(
      @Element KV<String, Long> event,
      @Timestamp Instant timestamp,
      @StateId("pending") BagState<KV<Long, Long>> pending,
      @StateId("due") ValueState<Long> due,
      @StateId("key") ValueState<String> key,
      @TimerId("minute") Timer minute) {
    pending.add(KV.of(timestamp.getMillis(), event.getValue()));
    long end = endOfMinute(timestamp.getMillis());
    if (end < requireNonNullElse(due.read(), Long.MAX_VALUE)) {
      due.write(end);
      key.write(event.getKey());
      minute.set(Instant.ofEpochMilli(end));
    }
  }

  @OnTimer("minute")
  public void minuteEnds(
      @StateId("pending") BagState<KV<Long, Long>> pending,
      @StateId("due") ValueState<Long> due,
      @StateId("total") ValueState<Long> total,
      @StateId("key") ValueState<String> key,
      @TimerId("minute") Timer minute,
      OutputReceiver<String> out) {
    long end = requireNonNullElse(due.read(), Long.MIN_VALUE);
    long sum = requireNonNullElse(total.read(), 0L);
    long next = Long.MAX_VALUE;
    List<KV<Long, Long>> later = new ArrayList<>();
    for (KV<Long, Long> amount : pending.read()) {
      if (amount.getKey() < end) {
        sum += amount.getValue();
      } else {
        later.add(amount);
        next = Math.min(next, endOfMinute(amount.getKey()));
      }
    }
    total.write(sum);
    pending.clear();
    later.forEach(pending::add);
    due.clear();
    if (!later.isEmpty()) {
      due.write(next);
      minute.set(Instant.ofEpochMilli(next));
    }
    out.output("total " + key.read() + " " + end + " " + sum);
  }

  private static long endOfMinute(long timestamp) {
    return (Math.floorDiv(timestamp, MINUTE) + 1) * MINUTE;
  }
}
