package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/** Stateful DoFns: cells of all kinds, read when the window has ended. */
final class StatePipelines {

  private StatePipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("values-bags-maps", StatePipelines::valuesBagsMaps),
        RecoveryPipeline.of("sets-multimaps-lists", StatePipelines::setsMultimapsLists),
        RecoveryPipeline.of("sorted-input", StatePipelines::sortedInput));
  }

  private static void valuesBagsMaps(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(90))
        .apply(keyed(6))
        .apply(ParDo.of(new Gatherer()))
        .apply(new Results<>(world));
  }

  private static void setsMultimapsLists(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(90))
        .apply(keyed(4))
        .apply(ParDo.of(new Collector()))
        .apply(new Results<>(world));
  }

  private static void sortedInput(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(120))
        .apply(keyed(4))
        .apply(ParDo.of(new Differences()))
        .apply(new Results<>(world));
  }

  /** Keeps a window's elements in cells of three kinds and tells their sums by a timer. */
  private static final class Gatherer extends DoFn<KV<Long, Long>, KV<String, Long>> {

    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @StateId("all")
    private final StateSpec<BagState<Long>> all = StateSpecs.bag();

    @StateId("byDigit")
    private final StateSpec<MapState<Long, Long>> byDigit = StateSpecs.map();

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        BoundedWindow window,
        @StateId("count") ValueState<Long> counted,
        @StateId("all") BagState<Long> bag,
        @StateId("byDigit") MapState<Long, Long> map,
        @TimerId("end") Timer timer) {
      Long before = counted.read();
      counted.write(before == null ? 1 : before + 1);
      bag.add(element.getValue());
      long digit = element.getValue() % 10;
      map.put(digit, map.getOrDefault(digit, 0L).read() + element.getValue());
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void tell(
        OnTimerContext context,
        @Key Long key,
        @StateId("count") ValueState<Long> counted,
        @StateId("all") BagState<Long> bag,
        @StateId("byDigit") MapState<Long, Long> map) {
      context.output(KV.of(key + " count", counted.read()));
      context.output(KV.of(key + " sum", Writing.sum(bag.read())));
      for (Map.Entry<Long, Long> entry : map.entries().read()) {
        context.output(KV.of(key + " digit " + entry.getKey(), entry.getValue()));
      }
    }
  }

  /** The same with cells of the other kinds, from which is also deleted. */
  private static final class Collector extends DoFn<KV<Long, Long>, KV<String, Long>> {

    @StateId("digits")
    private final StateSpec<SetState<Long>> digits = StateSpecs.set(VarLongCoder.of());

    @StateId("byDigit")
    private final StateSpec<MultimapState<Long, Long>> byDigit =
        StateSpecs.multimap(VarLongCoder.of(), VarLongCoder.of());

    @StateId("ordered")
    private final StateSpec<OrderedListState<Long>> ordered =
        StateSpecs.orderedList(VarLongCoder.of());

    @StateId("total")
    private final StateSpec<CombiningState<Long, long[], Long>> total =
        StateSpecs.combining(Sum.ofLongs());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("digits") SetState<Long> set,
        @StateId("byDigit") MultimapState<Long, Long> multimap,
        @StateId("ordered") OrderedListState<Long> list,
        @StateId("total") CombiningState<Long, long[], Long> sum,
        @TimerId("end") Timer timer) {
      long digit = element.getValue() % 10;
      set.add(digit);
      set.remove(digit + 10);
      multimap.put(digit, element.getValue());
      multimap.put(digit + 10, element.getValue());
      multimap.remove(digit + 10);
      list.add(TimestampedValue.of(element.getValue(), timestamp));
      sum.add(element.getValue());
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void tell(
        OnTimerContext context,
        @Key Long key,
        @StateId("digits") SetState<Long> set,
        @StateId("byDigit") MultimapState<Long, Long> multimap,
        @StateId("ordered") OrderedListState<Long> list,
        @StateId("total") CombiningState<Long, long[], Long> sum) {
      context.output(KV.of(key + " digits", Writing.sum(set.read())));
      for (Long digit : multimap.keys().read()) {
        context.output(KV.of(key + " digit " + digit, Writing.sum(multimap.get(digit).read())));
      }
      long place = 0;
      long digest = 0;
      for (TimestampedValue<Long> value : list.read()) {
        digest += ++place * value.getValue();
      }
      context.output(KV.of(key + " in order", digest));
      context.output(KV.of(key + " total", sum.read()));
    }
  }

  /** Puts out by how much each number is greater than the one before. */
  private static final class Differences extends DoFn<KV<Long, Long>, KV<String, Long>> {

    @StateId("last")
    private final StateSpec<ValueState<Long>> last = StateSpecs.value();

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("last") ValueState<Long> before,
        OutputReceiver<KV<String, Long>> out) {
      Long previous = before.read();
      before.write(element.getValue());
      out.output(
          KV.of(
              element.getKey() + " at " + element.getValue(),
              previous == null ? -1 : element.getValue() - previous));
    }
  }
}
