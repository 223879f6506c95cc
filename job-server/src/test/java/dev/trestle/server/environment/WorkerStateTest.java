package dev.trestle.server.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
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
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** State and timers of Beam's own Java workers, which the engine has. */
final class WorkerStateTest extends EmbeddedJobTest {

  @Test
  void stateOfAllKinds() throws Exception {
    pipeline
        .apply(Create.of(IntStream.range(0, 100).mapToObj(i -> KV.of("key" + i % 2, i)).toList()))
        .apply(ParDo.of(new Gathering()))
        .apply(ParDo.of(new Tell()));
    assertResults(
        "key0: 50 values to 98, sum 2450, 3 of a map, 5 of a set, the first is 98",
        "key1: 50 values to 99, sum 2500, 3 of a map, 5 of a set, the first is 99");
  }

  private static final class Gathering extends DoFn<KV<String, Integer>, String> {
    @StateId("most")
    private final StateSpec<ValueState<Integer>> most = StateSpecs.value();

    @StateId("all")
    private final StateSpec<BagState<Integer>> all = StateSpecs.bag();

    @StateId("map")
    private final StateSpec<MapState<Integer, Integer>> map = StateSpecs.map();

    @StateId("set")
    private final StateSpec<SetState<Integer>> set = StateSpecs.set();

    @StateId("sum")
    private final StateSpec<CombiningState<Integer, int[], Integer>> sum =
        StateSpecs.combining(Sum.ofIntegers());

    @StateId("list")
    private final StateSpec<OrderedListState<Integer>> list =
        StateSpecs.orderedList(VarIntCoder.of());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        BoundedWindow window,
        @StateId("most") ValueState<Integer> greatest,
        @StateId("all") BagState<Integer> bag,
        @StateId("map") MapState<Integer, Integer> values,
        @StateId("set") SetState<Integer> digits,
        @StateId("sum") CombiningState<Integer, int[], Integer> total,
        @StateId("list") OrderedListState<Integer> ordered,
        @TimerId("end") Timer timer) {
      int value = element.getValue();
      Integer before = greatest.read();
      greatest.write(before == null ? value : Math.max(before, value));
      bag.add(value);
      values.put(value % 3, value);
      digits.add(value % 5);
      total.add(value);
      ordered.add(TimestampedValue.of(value, Instant.ofEpochMilli(1000 - value)));
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void tell(
        OutputReceiver<String> out,
        @Key String key,
        @StateId("most") ValueState<Integer> greatest,
        @StateId("all") BagState<Integer> bag,
        @StateId("map") MapState<Integer, Integer> values,
        @StateId("set") SetState<Integer> digits,
        @StateId("sum") CombiningState<Integer, int[], Integer> total,
        @StateId("list") OrderedListState<Integer> ordered) {
      out.output(
          String.format(
              "%s: %d values to %d, sum %d, %d of a map, %d of a set, the first is %d",
              key,
              count(bag.read()),
              greatest.read(),
              total.read(),
              count(values.entries().read()),
              count(digits.read()),
              ordered.read().iterator().next().getValue()));
    }
  }

  @Test
  void entriesOfAMultimap() throws Exception {
    pipeline
        .apply(Create.of(IntStream.range(0, 10).mapToObj(i -> KV.of("key", i)).toList()))
        .apply(ParDo.of(new Indexing()))
        .apply(ParDo.of(new Tell()));
    assertResults(
        "at 1: 10 entries, sum 45",
        "at 2: 10 entries, sum 45, the greatest of 0 is 9",
        "at 3: 11 entries, sum 145, the greatest of 0 is 100");
  }

  /** Each timer fires in a bundle of its own. */
  private static final class Indexing extends DoFn<KV<String, Integer>, String> {
    @StateId("index")
    private final StateSpec<MultimapState<String, Integer>> index =
        StateSpecs.multimap(StringUtf8Coder.of(), VarIntCoder.of());

    @TimerId("first")
    private final TimerSpec first = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("second")
    private final TimerSpec second = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("third")
    private final TimerSpec third = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("index") MultimapState<String, Integer> state,
        @TimerId("first") Timer soon,
        @TimerId("second") Timer later,
        @TimerId("third") Timer last) {
      state.put(Integer.toString(element.getValue() % 3), element.getValue());
      soon.set(Instant.ofEpochMilli(1));
      later.set(Instant.ofEpochMilli(2));
      last.set(Instant.ofEpochMilli(3));
    }

    @OnTimer("first")
    public void onFirst(
        OutputReceiver<String> out, @StateId("index") MultimapState<String, Integer> state) {
      out.output("at 1: " + sum(state));
    }

    @OnTimer("second")
    public void onSecond(
        OutputReceiver<String> out, @StateId("index") MultimapState<String, Integer> state) {
      out.output("at 2: " + sum(state) + greatest(state));
      state.put("0", 100);
    }

    @OnTimer("third")
    public void onThird(
        OutputReceiver<String> out, @StateId("index") MultimapState<String, Integer> state) {
      out.output("at 3: " + sum(state) + greatest(state));
    }

    private static String sum(MultimapState<String, Integer> state) {
      int sum = 0;
      int entries = 0;
      for (Map.Entry<String, Integer> entry : state.entries().read()) {
        sum += entry.getValue();
        entries++;
      }
      return entries + " entries, sum " + sum;
    }

    private static String greatest(MultimapState<String, Integer> state) {
      int greatest = 0;
      for (int value : state.get("0").read()) {
        greatest = Math.max(greatest, value);
      }
      return ", the greatest of 0 is " + greatest;
    }
  }

  @Test
  void stateInWindowsOfTheSdk() throws Exception {
    pipeline
        .apply(
            Create.timestamped(
                TimestampedValue.of(KV.of("key", 1), Instant.ofEpochMilli(1)),
                TimestampedValue.of(KV.of("key", 2), Instant.ofEpochMilli(2)),
                TimestampedValue.of(KV.of("key", 3), Instant.ofEpochMilli(13))))
        .apply(Window.into(new TensFn()))
        .apply(ParDo.of(new Expiring()))
        .apply(ParDo.of(new Tell()));
    assertResults("key 3 at 9", "key 3 at 19");
  }

  @Test
  void windowsThatExpire() throws Exception {
    List<TimestampedValue<KV<String, Integer>>> elements = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      elements.add(TimestampedValue.of(KV.of("key" + i % 2, i), Instant.ofEpochMilli(i)));
    }
    pipeline
        .apply(Create.timestamped(elements))
        .apply(Window.into(FixedWindows.of(Duration.millis(20))))
        .apply(ParDo.of(new Expiring()))
        .apply(ParDo.of(new Tell()));
    assertResults("key0 90 at 19", "key0 290 at 39", "key1 100 at 19", "key1 300 at 39");
  }

  private static final class Expiring extends DoFn<KV<String, Integer>, String> {
    @StateId("sum")
    private final StateSpec<CombiningState<Integer, int[], Integer>> sum =
        StateSpecs.combining(Sum.ofIntegers());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") CombiningState<Integer, int[], Integer> total) {
      total.add(element.getValue());
    }

    @OnWindowExpiration
    public void expire(
        OutputReceiver<String> out,
        @Key String key,
        BoundedWindow window,
        @StateId("sum") CombiningState<Integer, int[], Integer> total) {
      out.output(key + " " + total.read() + " at " + window.maxTimestamp().getMillis());
    }
  }

  @Test
  void timersOfBothKinds() throws Exception {
    pipeline
        .apply(
            TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
                .addElements(TimestampedValue.of(KV.of("key", 1), Instant.ofEpochMilli(10)))
                .advanceProcessingTime(Duration.standardMinutes(2))
                .advanceWatermarkTo(Instant.ofEpochMilli(12))
                .advanceWatermarkToInfinity())
        .apply(ParDo.of(new Looping()))
        .apply(ParDo.of(new Tell()));
    assertResults("loop 1 at 11", "loop 2 at 13", "loop 3 at 15", "later at 10");
  }

  private static final class Looping extends DoFn<KV<String, Integer>, String> {
    @TimerId("loop")
    private final TimerSpec loop = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("later")
    private final TimerSpec later = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @StateId("rounds")
    private final StateSpec<ValueState<Integer>> rounds = StateSpecs.value();

    @ProcessElement
    public void process(
        @Timestamp Instant timestamp,
        @TimerId("loop") Timer looping,
        @TimerId("later") Timer inProcessingTime) {
      looping.set(timestamp.plus(Duration.millis(1)));
      inProcessingTime.offset(Duration.standardMinutes(1)).setRelative();
    }

    @OnTimer("loop")
    public void goOn(
        OnTimerContext context,
        @TimerId("loop") Timer looping,
        @StateId("rounds") ValueState<Integer> state) {
      Integer before = state.read();
      int round = before == null ? 1 : before + 1;
      state.write(round);
      context.output("loop " + round + " at " + context.timestamp().getMillis());
      if (round < 3) {
        looping.set(context.timestamp().plus(Duration.millis(2)));
      }
    }

    @OnTimer("later")
    public void tell(OnTimerContext context) {
      context.output("later at " + context.timestamp().getMillis());
    }
  }

  @Test
  void inputThatIsSortedByTime() throws Exception {
    List<TimestampedValue<KV<String, Integer>>> elements = new ArrayList<>();
    for (int i : new int[] {3, 1, 4, 2}) {
      elements.add(TimestampedValue.of(KV.of("key", i), Instant.ofEpochMilli(i)));
    }
    pipeline
        .apply(Create.timestamped(elements))
        .apply(ParDo.of(new Joining()))
        .apply(ParDo.of(new Tell()));
    assertResults("1", "12", "123", "1234");
  }

  private static final class Joining extends DoFn<KV<String, Integer>, String> {
    @StateId("text")
    private final StateSpec<ValueState<String>> text = StateSpecs.value();

    @RequiresTimeSortedInput
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("text") ValueState<String> state,
        OutputReceiver<String> out) {
      String before = state.read();
      String joined = (before == null ? "" : before) + element.getValue();
      state.write(joined);
      out.output(joined);
    }
  }
}
