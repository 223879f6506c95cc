package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.assembly.Assembly;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.translation.PipelineTranslator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
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
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Beam's own Java workers are served: state, timers, side inputs, splits. */
final class WorkerSemanticsTest {

  /** What the workers have come to. */
  private static final Queue<String> RESULTS = new ConcurrentLinkedQueue<>();

  private static final long PATIENCE_MILLIS = 120_000;

  @TempDir Path directory;

  private final Pipeline pipeline = pipeline();

  private static Pipeline pipeline() {
    PortablePipelineOptions options =
        PipelineOptionsFactory.create().as(PortablePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setDefaultEnvironmentType("EMBEDDED");
    return Pipeline.create(options);
  }

  @BeforeEach
  void forget() {
    RESULTS.clear();
  }

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
  void valuesThatAreIterablesAreGrouped() throws Exception {
    pipeline
        .apply(
            Create.of(
                    KV.<String, Iterable<Integer>>of("key", List.of(1, 2)),
                    KV.<String, Iterable<Integer>>of("key", List.of(3)))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), IterableCoder.of(VarIntCoder.of()))))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Flattening()))
        .apply(ParDo.of(new Tell()));
    assertResults("key: 6");
  }

  private static final class Flattening
      extends DoFn<KV<String, Iterable<Iterable<Integer>>>, String> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Iterable<Integer>>> element, OutputReceiver<String> out) {
      int sum = 0;
      for (Iterable<Integer> some : element.getValue()) {
        for (int value : some) {
          sum += value;
        }
      }
      out.output(element.getKey() + ": " + sum);
    }
  }

  @Test
  void sideInputInWindowsOfTheSdk() throws Exception {
    PCollectionView<Iterable<Integer>> view =
        pipeline
            .apply("Side", Create.timestamped(at(1), at(11), at(12)))
            .apply("Odd side", Window.into(new TensFn()))
            .apply(View.asIterable());
    pipeline
        .apply("Main", Create.timestamped(at(5), at(15)))
        .apply("Odd main", Window.into(new TensFn()))
        .apply(ParDo.of(new Listing(view)).withSideInputs(view))
        .apply(ParDo.of(new Tell()));
    assertResults("5: [1]", "15: [11, 12]");
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

  private static TimestampedValue<Integer> at(int millis) {
    return TimestampedValue.of(millis, Instant.ofEpochMilli(millis));
  }

  private static final class Listing extends DoFn<Integer, String> {
    private final PCollectionView<Iterable<Integer>> view;

    Listing(PCollectionView<Iterable<Integer>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      List<Integer> all = new ArrayList<>();
      context.sideInput(view).forEach(all::add);
      context.output(context.element() + ": " + all.stream().sorted().toList());
    }
  }

  /** Windows that nobody else knows, of ten milliseconds. */
  private static final class TensFn extends PartitioningWindowFn<Object, Tens> {
    @Override
    public Tens assignWindow(Instant timestamp) {
      return new Tens(timestamp.getMillis() / 10);
    }

    @Override
    @Deprecated // but abstract
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof TensFn;
    }

    @Override
    public Coder<Tens> windowCoder() {
      return new TensCoder();
    }
  }

  private static final class Tens extends BoundedWindow {
    private final long number;

    Tens(long number) {
      this.number = number;
    }

    @Override
    public Instant maxTimestamp() {
      return Instant.ofEpochMilli(number * 10 + 9);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Tens that && number == that.number;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }
  }

  private static final class TensCoder extends CustomCoder<Tens> {
    @Override
    public void encode(Tens window, OutputStream out) throws IOException {
      VarLongCoder.of().encode(window.number, out);
    }

    @Override
    public Tens decode(InputStream in) throws IOException {
      return new Tens(VarLongCoder.of().decode(in));
    }

    @Override
    public void verifyDeterministic() {}
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
  void sideInputsOfAllKinds() throws Exception {
    PCollection<Integer> numbers =
        pipeline.apply("Numbers", Create.of(IntStream.range(0, 1000).boxed().toList()));
    PCollectionView<List<Integer>> list = numbers.apply("List", View.asList());
    PCollectionView<Iterable<Integer>> iterable = numbers.apply("Iterable", View.asIterable());
    PCollectionView<Long> singleton =
        numbers.apply(Count.globally()).apply("Singleton", View.asSingleton());
    PCollectionView<Map<Integer, Iterable<String>>> multimap =
        pipeline
            .apply("Pairs", Create.of(KV.of(1, "a"), KV.of(1, "b"), KV.of(2, "c")))
            .apply("Multimap", View.asMultimap());
    pipeline
        .apply("Main", Create.of(1, 2, 3))
        .apply(
            ParDo.of(new Beside(list, iterable, singleton, multimap))
                .withSideInputs(list, iterable, singleton, multimap))
        .apply(ParDo.of(new Tell()));
    assertResults(
        "1: 1000 1000 1000, 2 of 2 keys",
        "2: 1000 1000 1000, 1 of 2 keys",
        "3: 1000 1000 1000, 0 of 2 keys");
  }

  private static final class Beside extends DoFn<Integer, String> {
    private final PCollectionView<List<Integer>> list;
    private final PCollectionView<Iterable<Integer>> iterable;
    private final PCollectionView<Long> singleton;
    private final PCollectionView<Map<Integer, Iterable<String>>> multimap;

    Beside(
        PCollectionView<List<Integer>> list,
        PCollectionView<Iterable<Integer>> iterable,
        PCollectionView<Long> singleton,
        PCollectionView<Map<Integer, Iterable<String>>> multimap) {
      this.list = list;
      this.iterable = iterable;
      this.singleton = singleton;
      this.multimap = multimap;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Map<Integer, Iterable<String>> map = context.sideInput(multimap);
      context.output(
          String.format(
              "%d: %d %d %d, %d of %d keys",
              context.element(),
              context.sideInput(list).size(),
              count(context.sideInput(iterable)),
              context.sideInput(singleton),
              count(map.getOrDefault(context.element(), List.of())),
              map.keySet().size()));
    }
  }

  @Test
  void restrictionsThatArePutOff() throws Exception {
    pipeline.apply(Create.of(5, 20, 30)).apply(ParDo.of(new Pausing())).apply(ParDo.of(new Tell()));
    List<String> positions = new ArrayList<>();
    for (int size : new int[] {5, 20, 30}) {
      IntStream.range(0, size).forEach(i -> positions.add(size + ":" + i));
    }
    assertResults(positions.toArray(new String[0]));
  }

  /** Does seven positions at a time. */
  private static final class Pausing extends DoFn<Integer, String> {
    @GetInitialRestriction
    public OffsetRange initial(@Element Integer size) {
      return new OffsetRange(0, size);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer size,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      long from = tracker.currentRestriction().getFrom();
      for (long i = from; tracker.tryClaim(i); i++) {
        out.output(size + ":" + i);
        if (i - from == 6) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(5));
        }
      }
      return ProcessContinuation.stop();
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

  private static long count(Iterable<?> values) {
    return StreamSupport.stream(values.spliterator(), false).count();
  }

  private static final class Tell extends DoFn<String, Void> {
    @ProcessElement
    public void process(@Element String what) {
      RESULTS.add(what);
    }
  }

  private void assertResults(String... expected) throws IOException, InterruptedException {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.create().as(TrestlePipelineOptions.class);
    options.setParallelism(2);
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(directory))) {
      RunningJob job =
          Assembly.start(PipelineTranslator.translate(proto()), options, fixture::workers);
      assertThat("ends; so far " + RESULTS, job.await(PATIENCE_MILLIS), is(true));
      if (job.failure() != null) {
        throw new AssertionError(job.failure());
      }
    }
    assertThat(
        RESULTS.stream().sorted().toList(), is(List.of(expected).stream().sorted().toList()));
  }

  /** The pipeline as a server gets it, but for files of its environments: those are here. */
  private RunnerApi.Pipeline proto() {
    RunnerApi.Pipeline proto =
        PipelineTranslation.toProto(pipeline, SdkComponents.create(pipeline.getOptions()), false);
    RunnerApi.Pipeline.Builder staged = proto.toBuilder();
    Map<String, Environment> environments =
        new HashMap<>(proto.getComponents().getEnvironmentsMap());
    environments.forEach(
        (id, each) ->
            staged
                .getComponentsBuilder()
                .putEnvironments(id, each.toBuilder().clearDependencies().build()));
    return staged.build();
  }
}
