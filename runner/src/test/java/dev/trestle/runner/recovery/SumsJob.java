package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** A job with checkpoints that sums numbers, behind a DoFn in which something happens. */
final class SumsJob {

  static final long LIMIT = 30_000;

  private static final long KEYS = 17;

  /** Sums by key and window. One job at a time writes them. */
  private static final Map<String, Long> RESULTS = new ConcurrentHashMap<>();

  private SumsJob() {}

  /** Starts the job as one that streams. */
  static PipelineResult start(String checkpointDir, DoFn<Long, Long> front, String... more) {
    Stream<String> options = Stream.concat(Stream.of("--streaming"), Stream.of(more));
    return start(Read.from(new Numbers(LIMIT)), checkpointDir, front, options);
  }

  /** Starts the job with an input that is bounded. */
  static PipelineResult startBounded(String checkpointDir, DoFn<Long, Long> front, String... more) {
    return start(new BoundedNumbers(), checkpointDir, front, Stream.of(more));
  }

  private static PipelineResult start(
      PTransform<PBegin, PCollection<Long>> read,
      String checkpointDir,
      DoFn<Long, Long> front,
      Stream<String> more) {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                Stream.concat(
                        Stream.of(
                            "--jobName=sums",
                            "--parallelism=2",
                            "--maxBundleSize=200",
                            "--maxBundleMillis=50",
                            "--checkpointDir=" + checkpointDir,
                            "--checkpointInterval=5"),
                        more)
                    .toArray(String[]::new))
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Read", read)
        .apply("Front", ParDo.of(front))
        .apply(Window.into(FixedWindows.of(Duration.millis(1000))))
        .apply(WithKeys.of((Long n) -> n % KEYS).withKeyType(TypeDescriptors.longs()))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new Sink()));
    return pipeline.run();
  }

  /** Numbers, each at its own time. */
  private static final class BoundedNumbers extends PTransform<PBegin, PCollection<Long>> {
    @Override
    public PCollection<Long> expand(PBegin input) {
      return input
          .apply(GenerateSequence.from(0).to(LIMIT))
          .apply(WithTimestamps.of(Instant::ofEpochMilli));
    }
  }

  static void forgetResults() {
    RESULTS.clear();
  }

  static Map<String, Long> results() {
    return new TreeMap<>(RESULTS);
  }

  static Map<String, Long> expected() {
    Map<String, Long> sums = new TreeMap<>();
    for (long n = 0; n < LIMIT; n++) {
      sums.merge(n % KEYS + " in " + n / 1000, n, Long::sum);
    }
    return sums;
  }

  /** Whatever is written again must be the same. */
  private static final class Sink extends DoFn<KV<Long, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Long, Long> element, BoundedWindow window) {
      String name = element.getKey() + " in " + window.maxTimestamp().getMillis() / 1000;
      Long before = RESULTS.put(name, element.getValue());
      if (before != null && !before.equals(element.getValue())) {
        throw new AssertionError(name + " was " + before + " and is " + element.getValue());
      }
    }
  }
}
