package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.slice;
import static dev.trestle.runner.dofn.Steps.window;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Step;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class StatefulParDoOperatorTest {

  private final FakeOperatorContext context = new FakeOperatorContext();
  private final CollectingReceiver main = new CollectingReceiver();

  private StatefulParDoOperator started(DoFn<?, ?> fn, Duration lateness) {
    StatefulParDoOperator operator =
        new StatefulParDoOperator(Steps.stateful(fn, lateness), Steps.KEYED, new Receiver[] {main});
    context.open(operator);
    operator.startBundle();
    return operator;
  }

  private static void give(StatefulParDoOperator operator, String key, int value, long time) {
    Batch batch = new Batch(Steps.KEYED);
    IntervalWindow window = window((int) Math.floorDiv(time, 10L));
    batch.addKeyed(
        key, new ByteKey(), key.hashCode(), value, at(time), window, PaneInfo.NO_FIRING, null);
    operator.accept(batch);
  }

  /** Adds up per key and window; says so when asked by a negative element, and at the end. */
  static class Summing extends DoFn<KV<String, Integer>, String> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<String> out) {
      Integer before = sum.read();
      sum.write((before == null ? 0 : before) + element.getValue());
      out.output(element.getKey() + sum.read());
    }
  }

  static class Expiring extends DoFn<KV<String, Integer>, String> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<String> out) {
      sum.write(element.getValue());
      out.output(element.getKey() + sum.read());
    }

    @OnWindowExpiration
    public void expire(
        @Key String key,
        @StateId("sum") ValueState<Integer> sum,
        BoundedWindow window,
        OutputReceiver<String> out) {
      out.output("end " + key + sum.read() + " " + window.maxTimestamp().getMillis());
    }
  }

  @Test
  void stateIsByKeyAndWindow() {
    StatefulParDoOperator operator = started(new Summing(), Duration.ZERO);
    give(operator, "a", 1, 1);
    give(operator, "b", 5, 2);
    give(operator, "a", 2, 3);
    give(operator, "a", 7, 11);
    assertThat(main.values(), contains("a1", "b5", "a3", "a7"));
  }

  @Test
  void lateElementIsDroppedAndCounted() {
    StatefulParDoOperator operator = started(new Summing(), Duration.millis(5));
    operator.advanceWatermark(14, slice());
    give(operator, "a", 1, 1);
    assertThat(main.values(), contains("a1"));
    operator.advanceWatermark(15, slice());
    give(operator, "a", 1, 1);
    assertThat(main.values(), contains("a1"));
    MetricName dropped = MetricName.named(StatefulDoFnRunner.class, "StatefulParDoDropped");
    assertThat(context.metrics().getCounter(dropped).getCumulative(), equalTo(1L));
  }

  @Test
  void expiredWindowIsToldAndCleared() {
    Step.StatefulParDo step = Steps.stateful(new Expiring(), Duration.ZERO);
    KeyedContext keyed =
        KeyedContext.create(context, Steps.KEYED.keyCoder(), true, step.input().windowCoder());
    KeyedCalls calls = new KeyedCalls(step, new Receiver[] {main}, keyed, context);
    calls.startBundle();
    keyed.setKey("a", 1);
    calls.accept("a", 1, KV.of("a", 1), at(1), window(0), PaneInfo.NO_FIRING, null);
    StateNamespace namespace = StateNamespaces.window(step.input().windowCoder(), window(0));
    StateTag<ValueState<Integer>> sum = StateTags.value("sum", VarIntCoder.of());
    assertThat(keyed.state().state(namespace, sum).read(), equalTo(1));

    keyed.fireEventTimers(10, slice(), calls);
    assertThat(main.values(), contains("a1"));
    assertThat("nothing downstream has expired yet", keyed.hold(), equalTo(9L));
    keyed.fireEventTimers(11, slice(), calls);
    assertThat(main.values(), contains("a1", "end a1 9"));
    assertThat(main.elements().get(1).getTimestamp(), equalTo(at(9)));
    assertThat(keyed.state().state(namespace, sum).read(), nullValue());
  }

  @Test
  void windowsExpireAtTheEndOfTime() {
    StatefulParDoOperator operator = started(new Expiring(), Duration.standardDays(1_000_000_000));
    give(operator, "a", 1, 1);
    operator.advanceWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis(), slice());
    assertThat(main.values(), contains("a1", "end a1 9"));
  }

  static class WithTimers extends DoFn<KV<String, Integer>, String> {
    @TimerId("event")
    private final TimerSpec eventSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("processing")
    private final TimerSpec processingSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @TimerFamily("family")
    private final TimerSpec familySpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @Timestamp Instant timestamp,
        @TimerId("event") Timer event,
        @TimerId("processing") Timer processing,
        @TimerFamily("family") TimerMap family) {
      switch (element.getValue()) {
        case 0 -> event.withOutputTimestamp(timestamp).set(timestamp.plus(Duration.millis(2)));
        case 1 -> processing.offset(Duration.millis(100)).setRelative();
        case 2 -> {
          family.set("late", timestamp.plus(Duration.millis(4)));
          family.set("early", timestamp.plus(Duration.millis(3)));
        }
        case 3 -> event.set(timestamp.plus(Duration.millis(50)));
        case 4 -> event.withNoOutputTimestamp().set(timestamp.plus(Duration.millis(2)));
        default -> event.clear();
      }
    }

    @OnTimer("event")
    public void onEvent(OnTimerContext c, @Key String key) {
      c.output("event " + key + " " + c.fireTimestamp().getMillis() + " " + c.timeDomain());
    }

    @OnTimer("processing")
    public void onProcessing(OutputReceiver<String> out) {
      out.output("processing");
    }

    @OnTimerFamily("family")
    public void onFamily(@TimerId String id, OutputReceiver<String> out) {
      out.output(id);
    }
  }

  @Test
  void eventTimerFiresWithItsOutputTimestamp() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 0, 5);
    operator.advanceWatermark(7, slice());
    assertThat(main.values(), empty());
    assertThat(operator.hold(), equalTo(5L));
    operator.advanceWatermark(8, slice());
    assertThat(main.values(), contains("event a 7 EVENT_TIME"));
    assertThat(main.elements().get(0).getTimestamp(), equalTo(at(5)));
    assertThat(main.windows().get(0), equalTo(window(0)));
  }

  @Test
  void timersOfAFamilyFireInOrderOfTime() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 2, 1);
    operator.advanceWatermark(9, slice());
    assertThat(main.values(), contains("early", "late"));
  }

  @Test
  void clearedTimerDoesNotFire() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 0, 5);
    give(operator, "a", 9, 5);
    operator.advanceWatermark(9, slice());
    assertThat(main.values(), empty());
  }

  @Test
  void processingTimerFiresWhenItsTimeHasCome() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 1, 5);
    long due = operator.nextWakeup();
    context.now = due - 1;
    assertThat(operator.advance(slice()), is(Progress.NONE));
    context.now = due;
    assertThat(operator.advance(slice()), is(Progress.MADE));
    assertThat(main.values(), contains("processing"));
  }

  @Test
  void processingTimerFiresAtTheEndOfTimeAtTheLatest() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 1, 5);
    operator.advanceWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis(), slice());
    assertThat(main.values(), contains("processing"));
  }

  @Test
  void drainDoesNotWaitForProcessingTime() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 1, 5);
    context.draining = true;
    operator.advanceWatermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis(), slice());
    assertThat(main.values(), empty());
  }

  @Test
  void timerAfterItsWindowIsRefused() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    Exception e = assertThrows(UserCodeException.class, () -> give(operator, "a", 3, 5));
    assertThat(e.getCause(), instanceOf(IllegalArgumentException.class));
  }

  @Test
  void timerWithoutOutputTimestampCannotOutputWithoutOne() {
    StatefulParDoOperator operator = started(new WithTimers(), Duration.ZERO);
    give(operator, "a", 4, 5);
    assertThrows(UserCodeException.class, () -> operator.advanceWatermark(8, slice()));
  }

  static class Sorted extends DoFn<KV<String, Integer>, String> {
    @StateId("unused")
    private final StateSpec<ValueState<Integer>> spec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    @RequiresTimeSortedInput
    public void process(@Timestamp Instant timestamp, OutputReceiver<String> out) {
      out.output(String.valueOf(timestamp.getMillis()));
    }
  }

  @Test
  void timeSortedInputWaitsForTheWatermark() {
    StatefulParDoOperator operator = started(new Sorted(), Duration.ZERO);
    give(operator, "a", 1, 5);
    give(operator, "a", 1, 3);
    give(operator, "a", 1, 8);
    assertThat(main.values(), empty());
    operator.advanceWatermark(6, slice());
    assertThat(main.values(), contains("3", "5"));
    give(operator, "a", 1, 2);
    operator.advanceWatermark(20, slice());
    assertThat(main.values(), contains("3", "5", "8"));
  }
}
