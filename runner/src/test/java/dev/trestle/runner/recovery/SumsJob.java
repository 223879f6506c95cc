package dev.trestle.runner.recovery;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** A streaming job with checkpoints that sums numbers, behind a DoFn in which something happens. */
final class SumsJob {

  static final long LIMIT = 30_000;

  private static final long KEYS = 17;

  /** Sums by key and window. One job at a time writes them. */
  private static final Map<String, Long> RESULTS = new ConcurrentHashMap<>();

  private SumsJob() {}

  /** Starts the job. */
  static PipelineResult start(String checkpointDir, DoFn<Long, Long> front, String... more) {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                Stream.concat(
                        Stream.of(
                            "--jobName=sums",
                            "--streaming",
                            "--parallelism=2",
                            "--maxBundleSize=200",
                            "--checkpointDir=" + checkpointDir,
                            "--checkpointInterval=5"),
                        Stream.of(more))
                    .toArray(String[]::new))
            .as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Read.from(new Numbers(LIMIT)))
        .apply("Front", ParDo.of(front))
        .apply(Window.into(FixedWindows.of(Duration.millis(1000))))
        .apply(WithKeys.of((Long n) -> n % KEYS).withKeyType(TypeDescriptors.longs()))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new Sink()));
    return pipeline.run();
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
