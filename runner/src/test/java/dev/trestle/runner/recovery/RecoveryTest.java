package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.engine.CrashingRun;
import dev.trestle.translation.PipelineTranslator;
import dev.trestle.translation.graph.OperatorGraph;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the order of turns, and wherever the process dies: results are those of a run that
 * nothing disturbs. What was written after the last checkpoint is written again, and the same.
 */
final class RecoveryTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 60);
  private static final long LIMIT = 600;

  /** What sinks have been given: by what it says it is, the value. Tests run one by one. */
  private static final Map<String, String> RESULTS = new ConcurrentHashMap<>();

  private static final Map<Long, Long> STABLE = new ConcurrentHashMap<>();
  private static final AtomicLong UNPREDICTABLE = new AtomicLong();

  @TempDir Path directory;

  @Test
  void fixedWindowsOfSums() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(Window.into(FixedWindows.of(Duration.millis(40))))
                .apply(WithKeys.of((Long n) -> n % 7).withKeyType(longs()))
                .apply(Sum.longsPerKey())
                .apply(ParDo.of(new Sink<>())));
  }

  @Test
  void slidingWindowsOfSums() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(
                    Window.into(SlidingWindows.of(Duration.millis(60)).every(Duration.millis(20))))
                .apply(WithKeys.of((Long n) -> "key " + n % 5).withKeyType(strings()))
                .apply(Sum.longsPerKey())
                .apply(ParDo.of(new Sink<>())));
  }

  @Test
  void sessionsOfGroups() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(Window.into(Sessions.withGapDuration(Duration.millis(8))))
                .apply(WithKeys.of((Long n) -> (n / 10) % 11).withKeyType(longs()))
                .apply(GroupByKey.create())
                .apply(ParDo.of(new Total()))
                .apply(ParDo.of(new Sink<>())));
  }

  @Test
  void triggersInProcessingTime() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(
                    Window.<Long>into(FixedWindows.of(Duration.millis(100)))
                        .triggering(
                            AfterWatermark.pastEndOfWindow()
                                .withEarlyFirings(
                                    AfterProcessingTime.pastFirstElementInPane()
                                        .plusDelayOf(Duration.millis(3))))
                        .withAllowedLateness(Duration.ZERO)
                        .accumulatingFiredPanes())
                .apply(WithKeys.of((Long n) -> n % 3).withKeyType(longs()))
                .apply(Sum.longsPerKey())
                .apply(ParDo.of(new OnTimeSink<>())));
  }

  @Test
  void elementCountsInSessions() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(
                    Window.<Long>into(Sessions.withGapDuration(Duration.millis(30)))
                        .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(5)))
                        .withAllowedLateness(Duration.ZERO)
                        .accumulatingFiredPanes())
                .apply(WithKeys.of((Long n) -> n % 4).withKeyType(longs()))
                .apply(GroupByKey.create())
                .apply(ParDo.of(new Total()))
                .apply(ParDo.of(new LastSink<>())));
  }

  @Test
  void stateAndTimers() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(Window.into(FixedWindows.of(Duration.millis(90))))
                .apply(WithKeys.of((Long n) -> n % 6).withKeyType(longs()))
                .apply(ParDo.of(new Gatherer()))
                .apply(ParDo.of(new Sink<>())));
  }

  @Test
  void sideInputsByWindow() throws Exception {
    survives(
        pipeline -> {
          PCollectionView<Long> sums =
              pipeline
                  .apply("Side", Read.from(new Numbers(LIMIT)))
                  .apply("SideWindow", Window.into(FixedWindows.of(Duration.millis(60))))
                  .apply(Sum.longsGlobally().withoutDefaults())
                  .apply(View.asSingleton());
          numbers(pipeline)
              .apply(Window.into(FixedWindows.of(Duration.millis(30))))
              .apply(ParDo.of(new Beside(sums)).withSideInputs(sums))
              .apply(ParDo.of(new Sink<>()));
        });
  }

  @Test
  void restrictionsThatAreResumed() throws Exception {
    survives(
        pipeline ->
            pipeline
                .apply(Create.of(3L, 5L, 7L, 11L).withCoder(VarLongCoder.of()))
                .apply(ParDo.of(new Multiples()))
                .apply(Reshuffle.viaRandomKey())
                .apply(Window.into(FixedWindows.of(Duration.standardHours(1))))
                .apply(WithKeys.of((Long n) -> n % 13).withKeyType(longs()))
                .apply(Sum.longsPerKey())
                .apply(ParDo.of(new Sink<>())));
  }

  @Test
  void stableInputComesAgainAsItWas() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(ParDo.of(new Unpredictable()))
                .apply(ParDo.of(new StableSink())));
  }

  @Test
  void stableInputOfAStatefulFnComesAgainAsItWas() throws Exception {
    survives(
        pipeline ->
            numbers(pipeline)
                .apply(ParDo.of(new Unpredictable()))
                .apply(ParDo.of(new StableStatefulSink())));
  }

  @Test
  void boundedReads() throws Exception {
    survives(
        pipeline ->
            pipeline
                .apply(GenerateSequence.from(0).to(LIMIT))
                .apply(WithKeys.of((Long n) -> n % 13).withKeyType(longs()))
                .apply(Sum.longsPerKey())
                .apply(ParDo.of(new Sink<>())));
  }

  private void survives(Consumer<Pipeline> maker) throws Exception {
    Pipeline pipeline = Pipeline.create();
    maker.accept(pipeline);
    OperatorGraph graph = PipelineTranslator.translate(pipeline);
    RESULTS.clear();
    STABLE.clear();
    CrashingRun.undisturbed(graph, directory).run();
    Map<String, String> expected = new TreeMap<>(RESULTS);
    assertThat(expected.size(), greaterThan(0));
    int crashes = 0;
    int checkpoints = 0;
    for (int seed = 1; seed <= CASES; seed++) {
      RESULTS.clear();
      STABLE.clear();
      CrashingRun run = new CrashingRun(graph, seed, directory, 3);
      try {
        run.run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      crashes += run.crashes();
      checkpoints += run.checkpoints();
      assertThat("seed " + seed, new TreeMap<>(RESULTS), is(expected));
    }
    assertThat("crashes", crashes, greaterThan(CASES / 2));
    assertThat("checkpoints", checkpoints, greaterThan(CASES));
  }

  private static PCollection<Long> numbers(Pipeline pipeline) {
    return pipeline.apply("Numbers", Read.from(new Numbers(LIMIT)));
  }

  private static TypeDescriptor<Long> longs() {
    return TypeDescriptors.longs();
  }

  private static TypeDescriptor<String> strings() {
    return TypeDescriptors.strings();
  }

  /** Whatever is written again must be the same. */
  private static void write(Object name, Object value) {
    String before = RESULTS.putIfAbsent(name.toString(), value.toString());
    if (before != null && !before.equals(value.toString())) {
      throw new AssertionError(name + " was " + before + " and is " + value);
    }
  }

  private static final class Sink<K> extends DoFn<KV<K, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<K, Long> element, BoundedWindow window) {
      write(element.getKey() + " in " + window, element.getValue());
    }
  }

  /** Early panes depend on the order of turns. */
  private static final class OnTimeSink<K> extends DoFn<KV<K, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<K, Long> element, BoundedWindow window, PaneInfo pane) {
      if (pane.getTiming() == PaneInfo.Timing.ON_TIME) {
        write(element.getKey() + " in " + window, element.getValue());
      }
    }
  }

  private static final class LastSink<K> extends DoFn<KV<K, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<K, Long> element, BoundedWindow window, PaneInfo pane) {
      if (pane.isLast()) {
        write(element.getKey() + " in " + window, element.getValue());
      }
    }
  }

  /** Gives a number another companion whenever it is asked. */
  private static final class Unpredictable extends DoFn<Long, KV<Long, Long>> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(element, UNPREDICTABLE.incrementAndGet()));
    }
  }

  private static final class StableSink extends DoFn<KV<Long, Long>, Void> {
    @RequiresStableInput
    @ProcessElement
    public void process(@Element KV<Long, Long> element) {
      writeStable(element);
    }
  }

  private static final class StableStatefulSink extends DoFn<KV<Long, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, @StateId("count") ValueState<Long> counted) {
      Long before = counted.read();
      counted.write(before == null ? 1 : before + 1);
      writeStable(element);
      write("count of " + element.getKey(), counted.read());
    }
  }

  private static void writeStable(KV<Long, Long> element) {
    Long before = STABLE.putIfAbsent(element.getKey(), element.getValue());
    if (before != null && !before.equals(element.getValue())) {
      throw new AssertionError(element + " came as " + before + " before");
    }
    write(element.getKey(), "seen");
  }

  private static final class Beside extends DoFn<Long, KV<String, Long>> {
    private final PCollectionView<Long> sums;

    Beside(PCollectionView<Long> sums) {
      this.sums = sums;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(KV.of(context.element() + " beside", context.sideInput(sums)));
    }
  }

  private static final class Total extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    @ProcessElement
    public void process(ProcessContext context) {
      long total =
          StreamSupport.stream(context.element().getValue().spliterator(), false)
              .mapToLong(n -> n)
              .sum();
      context.output(KV.of(context.element().getKey(), total));
    }
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
      Long sum = map.get(digit).read();
      map.put(digit, (sum == null ? 0 : sum) + element.getValue());
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
      long sum = 0;
      for (long n : bag.read()) {
        sum += n;
      }
      context.output(KV.of(key + " sum", sum));
      for (Map.Entry<Long, Long> entry : map.entries().read()) {
        context.output(KV.of(key + " digit " + entry.getKey(), entry.getValue()));
      }
    }
  }

  /** The multiples of a number below a limit, a few at a time. */
  @DoFn.UnboundedPerElement
  private static final class Multiples extends DoFn<Long, Long> {

    @GetInitialRestriction
    public OffsetRange initial(@Element Long element) {
      return new OffsetRange(0, LIMIT / element);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Long element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(i * element);
        if (i % 9 == 8) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(i % 4));
        }
      }
      return ProcessContinuation.stop();
    }
  }
}
