package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * A streaming job with something of everything that a checkpoint holds, in the middle of its input:
 * open windows, sessions, lists of values, cells of state, timers, a side input, restrictions,
 * marks and metrics. It gives no result before the end of its input, so that all of them depend on
 * the checkpoint.
 *
 * <p>The golden checkpoints are of this job: neither the names of its steps nor their state may
 * change.
 */
final class GoldenJob {

  static final long LIMIT = 1000;

  /** So many numbers have been read at the golden checkpoint. */
  static final long HALF = LIMIT / 2;

  static final String NAME = "golden";
  static final String METRICS = "golden";

  private static final long KEYS = 5;

  private static final Map<String, Long> RESULTS = new ConcurrentHashMap<>();
  private static final AtomicLong AVAILABLE = new AtomicLong();

  private GoldenJob() {}

  /** How many numbers there are to be read so far, of each source. */
  static long available() {
    return AVAILABLE.get();
  }

  static Map<String, Long> results() {
    return new TreeMap<>(RESULTS);
  }

  /**
   * Starts the job.
   *
   * @param available how many numbers it finds
   */
  static PipelineResult start(Path directory, int parallelism, long available, String... more) {
    RESULTS.clear();
    AVAILABLE.set(available);
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(more).as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setJobName(NAME);
    options.setStreaming(true);
    options.setParallelism(parallelism);
    options.setCheckpointDir(directory.toString());
    options.setCheckpointInterval(50);
    Pipeline pipeline = Pipeline.create(options);
    apply(pipeline);
    return pipeline.run();
  }

  private static void apply(Pipeline pipeline) {
    PCollectionView<Map<Long, String>> names =
        pipeline
            .apply("Keys", Create.of(0L, 1L, 2L, 3L, 4L))
            .apply("Names", WithKeys.of((Long k) -> k).withKeyType(TypeDescriptors.longs()))
            .apply("Name", ParDo.of(new Name()))
            .apply("View", View.asMap());
    PCollection<KV<Long, Long>> numbers =
        pipeline
            .apply("Read", Read.from(new GoldenSource(LIMIT)))
            .apply("Count", ParDo.of(new Counted()))
            .apply("Key", WithKeys.of((Long n) -> n % KEYS).withKeyType(TypeDescriptors.longs()));
    PCollection<KV<Long, Long>> windows =
        numbers.apply("Window", Window.into(FixedWindows.of(Duration.millis(LIMIT))));
    write("Write sums", windows.apply("Sum", Sum.longsPerKey()), "sum", names);
    write(
        "Write groups",
        windows.apply("Group", GroupByKey.create()).apply("Last", ParDo.of(new Last())),
        "last",
        names);
    write(
        "Write sessions",
        numbers
            .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.millis(HALF))))
            .apply("Count sessions", Count.perKey()),
        "session",
        names);
    write("Write state", windows.apply("State", ParDo.of(new Kept())), "state", names);
    write(
        "Write restrictions",
        pipeline
            .apply("Parts", Create.of(0L, 1L))
            .apply("Restrictions", ParDo.of(new Restricted()))
            .apply("Window restrictions", Window.into(FixedWindows.of(Duration.millis(LIMIT))))
            .apply(
                "Key restrictions",
                WithKeys.of((Long n) -> n % 2).withKeyType(TypeDescriptors.longs()))
            .apply("Sum restrictions", Sum.longsPerKey()),
        "restrictions",
        names);
  }

  private static void write(
      String step,
      PCollection<KV<Long, Long>> values,
      String what,
      PCollectionView<Map<Long, String>> names) {
    values.apply(step, ParDo.of(new Write(what, names)).withSideInputs(names));
  }

  /** All results of the job, from beginning to end. */
  static Map<String, Long> expected() {
    Map<String, Long> results = new TreeMap<>();
    for (long n = 0; n < LIMIT; n++) {
      String name = " of key " + n % KEYS;
      results.merge("sum" + name, n, Long::sum);
      results.merge("last" + name, n, Math::max);
      results.merge("session" + name, 1L, Long::sum);
    }
    for (long k = 0; k < KEYS; k++) {
      long sum = 0;
      for (long n = k; n < LIMIT; n += KEYS) {
        sum += n;
      }
      results.put("state of key " + k, Kept.result(LIMIT / KEYS, sum, 2));
    }
    for (long n = 0; n < LIMIT; n++) {
      results.merge("restrictions of key " + n % 2, 2 * n, Long::sum);
    }
    return results;
  }

  private static final class Name extends DoFn<KV<Long, Long>, KV<Long, String>> {
    @ProcessElement
    public void process(@Element KV<Long, Long> key, OutputReceiver<KV<Long, String>> out) {
      out.output(KV.of(key.getKey(), "key " + key.getValue()));
    }
  }

  private static final class Counted extends DoFn<Long, Long> {
    private final Counter seen = Metrics.counter(METRICS, "seen");

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      seen.inc();
      out.output(element);
    }
  }

  private static final class Last extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group, OutputReceiver<KV<Long, Long>> out) {
      long last = 0;
      for (long each : group.getValue()) {
        last = Math.max(last, each);
      }
      out.output(KV.of(group.getKey(), last));
    }
  }

  /** Keeps elements in cells of three kinds, and tells of them by a timer. */
  private static final class Kept extends DoFn<KV<Long, Long>, KV<Long, Long>> {

    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    @StateId("all")
    private final StateSpec<BagState<Long>> all = StateSpecs.bag();

    @StateId("digits")
    private final StateSpec<MapState<Long, Long>> digits = StateSpecs.map();

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    static long result(long count, long sum, long digits) {
      return (count * 10 + digits) * 1_000_000 + sum;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        BoundedWindow window,
        @StateId("count") ValueState<Long> counted,
        @StateId("all") BagState<Long> kept,
        @StateId("digits") MapState<Long, Long> byDigit,
        @TimerId("end") Timer timer) {
      Long before = counted.read();
      counted.write(before == null ? 1 : before + 1);
      kept.add(element.getValue());
      byDigit.put(element.getValue() % 10, element.getValue());
      if (before == null) {
        timer.set(window.maxTimestamp());
      }
    }

    @OnTimer("end")
    public void end(
        @Key Long key,
        @StateId("count") ValueState<Long> counted,
        @StateId("all") BagState<Long> kept,
        @StateId("digits") MapState<Long, Long> byDigit,
        OutputReceiver<KV<Long, Long>> out) {
      Long count = counted.read();
      long sum = 0;
      for (long each : kept.read()) {
        sum += each;
      }
      long different = 0;
      for (Long unused : byDigit.keys().read()) {
        different++;
      }
      out.output(KV.of(key, result(count == null ? 0 : count, sum, different)));
    }
  }

  /** Gives the numbers below the limit, as far as they are there. */
  @DoFn.UnboundedPerElement
  private static final class Restricted extends DoFn<Long, Long> {

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, LIMIT);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      long next = tracker.currentRestriction().getFrom();
      while (next < Math.min(LIMIT, available())) {
        if (!tracker.tryClaim(next)) {
          return ProcessContinuation.stop();
        }
        out.outputWithTimestamp(next, Instant.ofEpochMilli(next));
        next++;
      }
      return next < LIMIT
          ? ProcessContinuation.resume().withResumeDelay(Duration.millis(5))
          : finished(tracker);
    }

    private static ProcessContinuation finished(RestrictionTracker<OffsetRange, Long> tracker) {
      boolean more = tracker.tryClaim(LIMIT);
      return more ? ProcessContinuation.resume() : ProcessContinuation.stop();
    }
  }

  private static final class Write extends DoFn<KV<Long, Long>, Void> {
    private final String what;
    private final PCollectionView<Map<Long, String>> names;

    Write(String what, PCollectionView<Map<Long, String>> names) {
      this.what = what;
      this.names = names;
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> element, ProcessContext context) {
      String name = context.sideInput(names).get(element.getKey());
      Long before = RESULTS.put(what + " of " + name, element.getValue());
      if (before != null) {
        throw new AssertionError(what + " of " + name + " comes twice");
      }
    }
  }
}
