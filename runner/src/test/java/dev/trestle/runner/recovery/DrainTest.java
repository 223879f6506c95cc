package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestlePipelineResult;
import dev.trestle.runner.TrestleRunner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.OffsetRangeTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose input has no end are drained. */
final class DrainTest {

  private static final Duration CENTURY = Duration.standardDays(36_500);

  /** How much has been read. */
  private static final AtomicLong READ = new AtomicLong();

  private static final AtomicLong READ_SUM = new AtomicLong();

  /** Sums of what has been read, by the name of the way. */
  private static final Map<String, Long> SUMS = new ConcurrentHashMap<>();

  private static final Map<String, Set<CausedByDrain>> CAUSES = new ConcurrentHashMap<>();
  private static final AtomicBoolean FAIL = new AtomicBoolean();

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    READ.set(0);
    READ_SUM.set(0);
    SUMS.clear();
    CAUSES.clear();
  }

  private static Pipeline pipeline(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--jobName=drain", "--streaming", "--parallelism=2"));
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new))
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    return Pipeline.create(options);
  }

  private String[] withCheckpoints() {
    return new String[] {"--checkpointDir=" + directory, "--checkpointInterval=20"};
  }

  private static TrestlePipelineResult run(Pipeline pipeline) {
    return (TrestlePipelineResult) pipeline.run();
  }

  private static PCollection<Long> endless(Pipeline pipeline) {
    return pipeline
        .apply(GenerateSequence.from(1).withRate(20, Duration.millis(5)))
        .apply("Read", ParDo.of(new CountReads()));
  }

  private static void sum(String way, PCollection<Long> numbers, Window<Long> windows) {
    numbers
        .apply(way + " windows", windows)
        .apply(way + " keys", WithKeys.of((Long n) -> way).withKeyType(TypeDescriptors.strings()))
        .apply(way, Sum.longsPerKey())
        .apply(way + " results", ParDo.of(new Results()));
  }

  private static void awaitReads(long count) throws InterruptedException {
    while (READ.get() < count) {
      Thread.sleep(5);
    }
  }

  @Test
  void whatWasReadGoesThroughAndAllWindowsFire() throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<Long> numbers = endless(pipeline);
    sum("fixed", numbers, Window.into(FixedWindows.of(CENTURY)));
    sum("sessions", numbers, Window.into(Sessions.withGapDuration(CENTURY)));
    sum(
        "triggered",
        numbers,
        Window.<Long>into(FixedWindows.of(CENTURY))
            .triggering(
                AfterWatermark.pastEndOfWindow()
                    .withLateFirings(AfterProcessingTime.pastFirstElementInPane()))
            .withAllowedLateness(Duration.standardDays(1))
            .discardingFiredPanes());
    numbers
        .apply("timer windows", Window.into(FixedWindows.of(CENTURY)))
        .apply(
            "timer keys", WithKeys.of((Long n) -> "timer").withKeyType(TypeDescriptors.strings()))
        .apply("timer", ParDo.of(new SumByTimer()))
        .apply("timer results", ParDo.of(new Results()));
    TrestlePipelineResult job = run(pipeline);
    awaitReads(100);
    assertThat(SUMS, is(Map.of()));
    assertThat(job.drain(), is(PipelineResult.State.DONE));
    long all = READ_SUM.get();
    assertThat(SUMS, is(Map.of("fixed", all, "sessions", all, "triggered", all, "timer", all)));
    Set<CausedByDrain> drained = Set.of(CausedByDrain.CAUSED_BY_DRAIN);
    assertThat(
        CAUSES,
        is(Map.of("fixed", drained, "sessions", drained, "triggered", drained, "timer", drained)));
  }

  @Test
  void windowsThatEndBeforeAreNotCausedByTheDrain() throws Exception {
    Pipeline pipeline = pipeline();
    sum("fixed", endless(pipeline), Window.into(FixedWindows.of(Duration.millis(50))));
    TrestlePipelineResult job = run(pipeline);
    while (!SUMS.containsKey("fixed")) {
      Thread.sleep(5);
    }
    assertThat(CAUSES, is(Map.of("fixed", Set.of(CausedByDrain.NORMAL))));
    job.drain();
    assertThat(SUMS, is(Map.of("fixed", READ_SUM.get())));
  }

  @Test
  void jobThatWasDrainedIsDone() throws Exception {
    Pipeline pipeline = pipeline(withCheckpoints());
    sum("fixed", endless(pipeline), Window.into(FixedWindows.of(CENTURY)));
    TrestlePipelineResult job = run(pipeline);
    awaitReads(100);
    assertThat(job.drain(), is(PipelineResult.State.DONE));
    assertThat(SUMS, is(Map.of("fixed", READ_SUM.get())));
    SUMS.clear();
    assertThat(run(pipeline).waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(SUMS, is(Map.of()));
  }

  @Test
  void jobThatStoppedIsEndedByOneThatIsDrainedFromItsStart() throws Exception {
    Pipeline pipeline = pipeline(withCheckpoints());
    sum("fixed", endless(pipeline), Window.into(FixedWindows.of(CENTURY)));
    TrestlePipelineResult job = run(pipeline);
    awaitReads(100);
    job.stopWithSavepoint();
    long read = READ_SUM.get();
    assertThat(SUMS, is(Map.of()));

    pipeline.getOptions().as(TrestlePipelineOptions.class).setDrain(true);
    assertThat(run(pipeline).waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(SUMS, is(Map.of("fixed", read)));
    assertThat(READ_SUM.get(), is(read));
  }

  @Test
  void jobThatFailsWhileItIsDrainedIsDrainedAllTheSame() throws Exception {
    Pipeline pipeline = pipeline(withCheckpoints());
    sum("failing", endless(pipeline), Window.into(FixedWindows.of(CENTURY)));
    TrestlePipelineResult job = run(pipeline);
    awaitReads(100);
    Counting.awaitCheckpoints(directory, Counting.newest(directory) + 2);
    FAIL.set(true);
    assertThat(job.drain(), is(PipelineResult.State.DONE));
    assertThat(FAIL.get(), is(false));
    assertThat(CAUSES, is(Map.of("failing", Set.of(CausedByDrain.CAUSED_BY_DRAIN))));
  }

  @Test
  void restrictionsAreTruncatedOrStopOrGoToTheirEnd() throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<String> impulse = pipeline.apply(Create.of("go"));
    sum(
        "truncated",
        impulse.apply("T", ParDo.of(new Truncated())),
        Window.into(FixedWindows.of(CENTURY)));
    sum(
        "stopped",
        impulse.apply("S", ParDo.of(new Stopped())),
        Window.into(FixedWindows.of(CENTURY)));
    sum(
        "polling",
        impulse.apply("P", ParDo.of(new Polling())),
        Window.into(FixedWindows.of(CENTURY)));
    sum(
        "bounded",
        impulse.apply("B", ParDo.of(new Bounded())),
        Window.into(FixedWindows.of(CENTURY)));
    TrestlePipelineResult job = run(pipeline);
    while (!Truncated.REACHED.get() || !Stopped.REACHED.get() || !Polling.REACHED.get()) {
      Thread.sleep(5);
    }
    assertThat(job.drain(), is(PipelineResult.State.DONE));
    assertThat(SUMS.keySet(), hasItems("truncated", "stopped", "polling", "bounded"));
    assertThat("ones up to a multiple of 1000", SUMS.get("truncated") % 1000, is(0L));
    assertThat(SUMS.get("truncated"), is(greaterThan(0L)));
    assertThat(SUMS.get("stopped"), is(greaterThan(0L)));
    assertThat(SUMS.get("polling"), is(1L));
    assertThat(SUMS.get("bounded"), is(Bounded.LENGTH));
    assertThat(Truncated.TIMES.get(), is(1L));
  }

  @Test
  void drainOfAJobThatHasEndedDoesNothing() throws Exception {
    Pipeline pipeline = pipeline();
    sum("fixed", endless(pipeline), Window.into(FixedWindows.of(CENTURY)));
    TrestlePipelineResult job = run(pipeline);
    job.cancel();
    assertThat(job.drain(), is(not(PipelineResult.State.DONE)));
  }

  private static final class CountReads extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      READ.incrementAndGet();
      READ_SUM.addAndGet(element);
      out.output(element);
    }
  }

  private static final class Results extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<String, Long> sum, CausedByDrain cause) {
      if (sum.getKey().equals("failing") && FAIL.getAndSet(false)) {
        throw new IllegalStateException("meant to fail");
      }
      CAUSES.computeIfAbsent(sum.getKey(), way -> ConcurrentHashMap.newKeySet()).add(cause);
      SUMS.merge(sum.getKey(), sum.getValue(), Long::sum);
    }
  }

  private static final class SumByTimer extends DoFn<KV<String, Long>, KV<String, Long>> {
    private static final long serialVersionUID = 1;

    @StateId("sum")
    private final StateSpec<ValueState<Long>> sum = StateSpecs.value(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @StateId("sum") ValueState<Long> cell,
        @TimerId("end") Timer timer,
        BoundedWindow window) {
      Long before = cell.read();
      cell.write(before == null ? element.getValue() : before + element.getValue());
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void onEnd(
        @Key String key,
        @StateId("sum") ValueState<Long> cell,
        OutputReceiver<KV<String, Long>> out) {
      Long all = cell.read();
      out.output(KV.of(key, all == null ? 0 : all));
    }
  }

  @DoFn.UnboundedPerElement
  private static final class Truncated extends DoFn<String, Long> {
    private static final long serialVersionUID = 1;
    private static final AtomicBoolean REACHED = new AtomicBoolean();
    private static final AtomicLong TIMES = new AtomicLong();

    @GetInitialRestriction
    public OffsetRange restriction() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @TruncateRestriction
    public TruncateResult<OffsetRange> truncate(@Restriction OffsetRange left) {
      TIMES.incrementAndGet();
      long end = (left.getFrom() / 1000 + 1) * 1000;
      return TruncateResult.of(new OffsetRange(left.getFrom(), end));
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      for (long n = tracker.currentRestriction().getFrom(); tracker.tryClaim(n); n++) {
        REACHED.set(true);
        out.output(1L);
      }
    }
  }

  @DoFn.UnboundedPerElement
  private static final class Stopped extends DoFn<String, Long> {
    private static final long serialVersionUID = 1;
    private static final AtomicBoolean REACHED = new AtomicBoolean();

    @GetInitialRestriction
    public OffsetRange restriction() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @NewTracker
    public Endless newTracker(@Restriction OffsetRange range) {
      return new Endless(range);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      for (long n = tracker.currentRestriction().getFrom(); tracker.tryClaim(n); n++) {
        REACHED.set(true);
        out.output(1L);
      }
    }
  }

  @DoFn.UnboundedPerElement
  private static final class Polling extends DoFn<String, Long> {
    private static final long serialVersionUID = 1;
    private static final AtomicBoolean REACHED = new AtomicBoolean();

    @GetInitialRestriction
    public OffsetRange restriction() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @NewTracker
    public Endless newTracker(@Restriction OffsetRange range) {
      return new Endless(range);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      if (!tracker.tryClaim(tracker.currentRestriction().getFrom())) {
        return ProcessContinuation.stop();
      }
      out.output(1L);
      REACHED.set(true);
      return ProcessContinuation.resume().withResumeDelay(Duration.standardHours(1));
    }
  }

  private static final class Bounded extends DoFn<String, Long> {
    private static final long serialVersionUID = 1;
    private static final long LENGTH = 50_000;

    @GetInitialRestriction
    public OffsetRange restriction() {
      return new OffsetRange(0, LENGTH);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      for (long n = tracker.currentRestriction().getFrom(); tracker.tryClaim(n); n++) {
        out.output(1L);
      }
    }
  }

  /** Offsets without end. */
  private static final class Endless extends OffsetRangeTracker {
    Endless(OffsetRange range) {
      super(range);
    }

    @Override
    public IsBounded isBounded() {
      return IsBounded.UNBOUNDED;
    }
  }
}
