package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.Results;
import dev.trestle.runner.recovery.Writing.Sums;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Timers in event and processing time, and the watermarks that they hold. */
final class TimerPipelines {

  private TimerPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("timers-that-hold-the-watermark", handingOn(new Holding())),
        RecoveryPipeline.of("timers-in-processing-time", handingOn(new Buffer())),
        RecoveryPipeline.of("timer-families", handingOn(new Family())),
        RecoveryPipeline.of("timers-set-again-and-deleted", handingOn(new Changing())),
        RecoveryPipeline.of("window-expiration", TimerPipelines::windowExpiration),
        RecoveryPipeline.of("late-window-expiration", TimerPipelines::lateWindowExpiration),
        RecoveryPipeline.of("looping-timers", TimerPipelines::loopingTimers));
  }

  /** Applies what hands on elements later; each must still come in its own short window. */
  private static BiConsumer<Pipeline, World> handingOn(DoFn<KV<Long, Long>, Long> later) {
    return (pipeline, world) -> {
      PCollection<Long> elements =
          numbers(pipeline).apply(fixed(120)).apply(keyed(5)).apply(ParDo.of(later));
      elements.apply("Long", new Sums(world));
      elements
          .apply(fixed(10))
          .apply("Keyed", keyed(2))
          .apply(Sum.longsPerKey())
          .apply("Short", new Results<>(world));
    };
  }

  private static void windowExpiration(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(100))
        .apply(keyed(8))
        .apply(ParDo.of(new Expiring()))
        .apply(new Results<>(world));
  }

  private static void lateWindowExpiration(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new TriggerPipelines.Straggling()))
        .apply(fixed(50).withAllowedLateness(Duration.millis(100)).discardingFiredPanes())
        .apply(keyed(4))
        .apply(ParDo.of(new Expiring()))
        .apply(ParDo.of(new Writing.Sink<>(world)));
  }

  private static void loopingTimers(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(150))
        .apply(keyed(3))
        .apply(ParDo.of(new Ticking()))
        .apply(new Results<>(world));
  }

  /** Hands on elements in event time, some of them together, at the time of the first. */
  private static final class Holding extends DoFn<KV<Long, Long>, Long> {

    private static final Duration DELAY = Duration.millis(25);

    @StateId("waiting")
    private final StateSpec<BagState<Long>> waiting = StateSpecs.bag(VarLongCoder.of());

    @StateId("first")
    private final StateSpec<ValueState<Long>> first = StateSpecs.value(VarLongCoder.of());

    @TimerId("due")
    private final TimerSpec due = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("waiting") BagState<Long> bag,
        @StateId("first") ValueState<Long> least,
        @TimerId("due") Timer timer) {
      bag.add(element.getValue());
      Long before = least.read();
      if (before == null || timestamp.getMillis() < before) {
        least.write(timestamp.getMillis());
        Instant end = timestamp.plus(DELAY);
        timer
            .withOutputTimestamp(timestamp)
            .set(end.isBefore(window.maxTimestamp()) ? end : window.maxTimestamp());
      }
    }

    @OnTimer("due")
    public void handOn(
        OnTimerContext context,
        @StateId("waiting") BagState<Long> bag,
        @StateId("first") ValueState<Long> least) {
      for (Long element : bag.read()) {
        context.outputWithTimestamp(element, Instant.ofEpochMilli(element));
      }
      bag.clear();
      least.clear();
    }
  }

  /** Hands on elements some time after the first, at the latest when the window expires. */
  private static final class Buffer extends DoFn<KV<Long, Long>, Long> {

    @StateId("waiting")
    private final StateSpec<BagState<Long>> waiting = StateSpecs.bag(VarLongCoder.of());

    @StateId("first")
    private final StateSpec<ValueState<Long>> first = StateSpecs.value(VarLongCoder.of());

    @TimerId("due")
    private final TimerSpec due = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        @StateId("waiting") BagState<Long> bag,
        @StateId("first") ValueState<Long> least,
        @TimerId("due") Timer timer) {
      bag.add(element.getValue());
      Long before = least.read();
      if (before == null || timestamp.getMillis() < before) {
        least.write(timestamp.getMillis());
        timer.withOutputTimestamp(timestamp).offset(Duration.millis(3)).setRelative();
      }
    }

    @OnTimer("due")
    public void handOn(
        OnTimerContext context,
        @StateId("waiting") BagState<Long> bag,
        @StateId("first") ValueState<Long> least) {
      for (Long element : bag.read()) {
        context.outputWithTimestamp(element, Instant.ofEpochMilli(element));
      }
      bag.clear();
      least.clear();
    }

    @OnWindowExpiration
    public void expire(@StateId("waiting") BagState<Long> bag, OutputReceiver<Long> out) {
      for (Long element : bag.read()) {
        out.outputWithTimestamp(element, Instant.ofEpochMilli(element));
      }
    }

    /** What expires is older than the end of its window; the timer has held the watermark. */
    @Override
    @Deprecated
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(120);
    }
  }

  /** One timer for each element, which hands it on. */
  private static final class Family extends DoFn<KV<Long, Long>, Long> {

    @StateId("handedOn")
    private final StateSpec<CombiningState<Long, long[], Long>> handedOn =
        StateSpecs.combining(Sum.ofLongs());

    @TimerFamily("elements")
    private final TimerSpec elements = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @TimerFamily("elements") TimerMap timers) {
      Instant later = timestamp.plus(Duration.millis(element.getValue() % 13));
      timers
          .get(element.getValue().toString())
          .withOutputTimestamp(timestamp)
          .set(later.isBefore(window.maxTimestamp()) ? later : window.maxTimestamp());
    }

    @OnTimerFamily("elements")
    public void handOn(
        @TimerId String element,
        @Timestamp Instant timestamp,
        @StateId("handedOn") CombiningState<Long, long[], Long> count,
        OutputReceiver<Long> out) {
      count.add(1L);
      out.output(Long.parseLong(element));
    }
  }

  /** Two timers for each element: the first, which is set twice, deletes the second. */
  private static final class Changing extends DoFn<KV<Long, Long>, Long> {

    private static final long NOT_DELETED = 1_000_000;

    @TimerFamily("elements")
    private final TimerSpec elements = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @TimerFamily("ends")
    private final TimerSpec ends = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @TimerFamily("elements") TimerMap timers,
        @TimerFamily("ends") TimerMap last) {
      String id = element.getValue().toString();
      Instant end = window.maxTimestamp();
      Instant later = timestamp.plus(Duration.millis(element.getValue() % 13));
      timers.get(id).set(end);
      timers.get(id).withOutputTimestamp(timestamp).set(later.isBefore(end) ? later : end);
      last.get(id).withOutputTimestamp(timestamp).set(end.plus(Duration.millis(-1)));
      if (!later.isBefore(end.plus(Duration.millis(-1)))) {
        last.get(id).clear();
      }
    }

    @OnTimerFamily("elements")
    public void handOn(
        @TimerId String element, @TimerFamily("ends") TimerMap last, OutputReceiver<Long> out) {
      last.get(element).clear();
      out.output(Long.parseLong(element));
    }

    @OnTimerFamily("ends")
    public void isTooLate(@TimerId String element, OutputReceiver<Long> out) {
      out.output(Long.parseLong(element) + NOT_DELETED);
    }
  }

  /** Tells sums when windows expire. */
  private static final class Expiring extends DoFn<KV<Long, Long>, KV<Long, Long>> {

    @StateId("sum")
    private final StateSpec<CombiningState<Long, long[], Long>> sum =
        StateSpecs.combining(Sum.ofLongs());

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, @StateId("sum") CombiningState<Long, long[], Long> total) {
      total.add(element.getValue());
    }

    @OnWindowExpiration
    public void expire(
        @Key Long key,
        @StateId("sum") CombiningState<Long, long[], Long> total,
        OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(key, total.read()));
    }
  }

  /** Ticks from the beginning of a window to its end. */
  private static final class Ticking extends DoFn<KV<Long, Long>, KV<String, Long>> {

    private static final Duration EVERY = Duration.millis(10);

    @StateId("ticks")
    private final StateSpec<ValueState<Long>> ticks = StateSpecs.value(VarLongCoder.of());

    @TimerId("tick")
    private final TimerSpec tick = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        IntervalWindow window,
        @Timestamp Instant timestamp,
        @StateId("ticks") ValueState<Long> ticked,
        @TimerId("tick") Timer timer) {
      if (ticked.read() == null) {
        ticked.write(0L);
        timer.withOutputTimestamp(timestamp).set(window.start().plus(EVERY));
      }
    }

    @OnTimer("tick")
    public void tick(
        OnTimerContext context,
        IntervalWindow window,
        @Key Long key,
        @StateId("ticks") ValueState<Long> ticked,
        @TimerId("tick") Timer timer) {
      long number = ticked.read() + 1;
      ticked.write(number);
      context.output(KV.of(key + " at " + context.fireTimestamp().getMillis(), number));
      Instant next = context.fireTimestamp().plus(EVERY);
      if (next.isBefore(window.maxTimestamp())) {
        timer.withOutputTimestamp(context.fireTimestamp()).set(next);
      }
    }
  }
}
