package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestlePipelineResult;
import dev.trestle.runner.TrestleRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/** A job that counts numbers by key in state, in one of several versions. */
final class Counting {

  static final long LIMIT = 20_000;
  private static final int KEYS = 11;

  /** Written when the input has ended. */
  static final Map<String, Long> RESULTS = new ConcurrentHashMap<>();

  /** Of the step that only {@link Change#MORE_STEPS} has. */
  static final Map<String, Long> OTHER_RESULTS = new ConcurrentHashMap<>();

  /** Whether the next element fails the job, once. */
  static final AtomicBoolean FAIL = new AtomicBoolean();

  static final Map<String, Long> EXPECTED = expected();

  /** What is different in the pipeline. */
  enum Change {
    NONE(""),
    MORE_STEPS(""),
    RENAMED("it is not in the pipeline any more"),
    OTHER_KEY("its key coder was VarLongCoder and is BigEndianLongCoder"),
    OTHER_WINDOWS("its windowing was "),
    OTHER_CELL("its state 'count' was a value of VarLongCoder and is a value of BigEndianLong");

    private final String reason;

    Change(String reason) {
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  private Counting() {}

  /**
   * Starts the job.
   *
   * @param more options; {@code --stall} lets it stand still in the middle
   */
  static TrestlePipelineResult start(@Nullable Path directory, Change change, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--streaming", "--maxBundleSize=200"));
    arguments.addAll(List.of(more));
    addDefault(arguments, "--jobName=", "counting");
    addDefault(arguments, "--parallelism=", "2");
    if (directory != null) {
      arguments.add("--checkpointDir=" + directory);
      addDefault(arguments, "--checkpointInterval=", "10");
    }
    boolean stalls = arguments.remove("--stall");
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new))
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    WindowFn<Object, ?> windows =
        change == Change.OTHER_WINDOWS
            ? FixedWindows.of(Duration.standardDays(2))
            : FixedWindows.of(Duration.standardDays(1));
    Coder<Long> keys = change == Change.OTHER_KEY ? BigEndianLongCoder.of() : VarLongCoder.of();
    PCollection<Long> numbers =
        pipeline
            .apply("Numbers", Read.from(new Numbers(LIMIT)))
            .apply("Stall", ParDo.of(new Stall(stalls ? LIMIT / 2 : Long.MAX_VALUE)))
            .apply("Windows", Window.into(windows));
    numbers
        .apply("Keys", WithKeys.of((Long n) -> n % KEYS).withKeyType(TypeDescriptors.longs()))
        .setCoder(KvCoder.of(keys, VarLongCoder.of()))
        .apply(
            change == Change.RENAMED ? "Renamed" : "Count",
            change == Change.MORE_STEPS
                ? ParDo.of(new WithMore.CountFn())
                : ParDo.of(
                    new CountFn(
                        change == Change.OTHER_CELL
                            ? BigEndianLongCoder.of()
                            : VarLongCoder.of())));
    if (change == Change.MORE_STEPS) {
      pipeline
          .apply("Other numbers", Read.from(new Numbers(LIMIT)))
          .apply("Count others", ParDo.of(new CountOthers()));
    }
    return (TrestlePipelineResult) pipeline.run();
  }

  private static void addDefault(List<String> arguments, String option, String value) {
    if (arguments.stream().noneMatch(argument -> argument.startsWith(option))) {
      arguments.add(option + value);
    }
  }

  private static Map<String, Long> expected() {
    Map<String, Long> counts = new HashMap<>();
    for (long n = 0; n < LIMIT; n++) {
      counts.merge(String.valueOf(n % KEYS), 1L, Long::sum);
    }
    return counts;
  }

  /** The highest id of a checkpoint, 0 if there is none. */
  static long newest(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> path.endsWith("manifest"))
          .map(path -> String.valueOf(path.getParent().getFileName()))
          .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('-'))))
          .max()
          .orElse(0);
    } catch (UncheckedIOException e) {
      return 0; // deleted meanwhile: ask again
    }
  }

  static void awaitCheckpoints(Path directory, long id) throws Exception {
    while (newest(directory) < id) {
      Thread.sleep(5);
    }
  }

  private static final class Stall extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1;
    private final long from;

    Stall(long from) {
      this.from = from;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out)
        throws InterruptedException {
      if (FAIL.getAndSet(false)) {
        throw new IllegalStateException("meant to fail");
      }
      if (element >= from) {
        Thread.sleep(1);
      }
      out.output(element);
    }
  }

  private static void write(Long key, @Nullable Long count) {
    RESULTS.put(String.valueOf(key), count == null ? 0 : count);
  }

  private static final class CountFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1;

    @StateId("count")
    private final StateSpec<ValueState<Long>> count;

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    CountFn(Coder<Long> coder) {
      count = StateSpecs.value(coder);
    }

    @ProcessElement
    public void process(
        @StateId("count") ValueState<Long> cell,
        @TimerId("end") Timer timer,
        BoundedWindow window) {
      Long before = cell.read();
      cell.write(before == null ? 1 : before + 1);
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void onEnd(@Key Long key, @StateId("count") ValueState<Long> cell) {
      write(key, cell.read());
    }
  }

  /** A step's name has that of its DoFn's class in it, without the classes around it. */
  private static final class WithMore {
    private static final class CountFn extends DoFn<KV<Long, Long>, Void> {
      private static final long serialVersionUID = 1;

      @StateId("count")
      private final StateSpec<ValueState<Long>> count = StateSpecs.value(VarLongCoder.of());

      @StateId("more")
      private final StateSpec<ValueState<Long>> more = StateSpecs.value(VarLongCoder.of());

      @TimerId("end")
      private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

      @ProcessElement
      public void process(
          @StateId("count") ValueState<Long> cell,
          @StateId("more") ValueState<Long> other,
          @TimerId("end") Timer timer,
          BoundedWindow window) {
        Long before = cell.read();
        cell.write(before == null ? 1 : before + 1);
        Long otherBefore = other.read();
        other.write(otherBefore == null ? 1 : otherBefore + 1);
        timer.set(window.maxTimestamp());
      }

      @OnTimer("end")
      public void onEnd(
          @Key Long key,
          @StateId("count") ValueState<Long> cell,
          @StateId("more") ValueState<Long> other) {
        Long of = other.read();
        Long counted = cell.read();
        if (of != null && counted != null && of > counted) {
          throw new AssertionError("A new cell was not empty: " + of + " > " + counted);
        }
        write(key, counted);
      }
    }
  }

  private static final class CountOthers extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element Long element) {
      OTHER_RESULTS.merge("other", 1L, Long::sum);
    }
  }
}
