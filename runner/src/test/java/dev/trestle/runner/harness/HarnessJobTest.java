package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.assembly.Assembly;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.translation.PipelineTranslator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jobs on threads, with workers on another one. */
final class HarnessJobTest {

  private static final long LONG_ENOUGH = 120_000;
  private static final List<Long> RESULTS = new CopyOnWriteArrayList<>();

  private final Pipeline pipeline = Pipeline.create();
  private FakeWorkers workers;

  @BeforeEach
  void clear() {
    RESULTS.clear();
  }

  @Test
  void everyElementComesBackOnce() throws Exception {
    sums(inHarness(pipeline.apply(GenerateSequence.from(0).to(30_000)), "Same"));
    RunningJob job = start();
    assertThat(job.await(LONG_ENOUGH), is(true));
    assertThat(job.state(), is(RunningJob.State.DONE));
    assertThat(RESULTS, is(List.of(LongStream.range(0, 30_000).sum())));
    assertThat(
        job.metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named("harness", "elements"))
                    .addStep("Same")
                    .build())
            .getCounters()
            .iterator()
            .next()
            .getCommitted(),
        is(30_000L));
  }

  /** The call cannot wait until a worker has taken what it puts out. */
  @Test
  void oneCallMayPutOutMoreThanFitsOnTheWayToAWorker() throws Exception {
    PCollection<Long> burst = pipeline.apply(Create.of(1L)).apply(ParDo.of(new Burst(200_000)));
    sums(inHarness(burst.apply(Reshuffle.viaRandomKey()), "Same"));
    RunningJob job = start();
    assertThat(job.await(LONG_ENOUGH), is(true));
    assertThat(job.state(), is(RunningJob.State.DONE));
    assertThat(RESULTS, is(List.of(LongStream.range(0, 200_000).sum())));
  }

  @Test
  void failureOfAWorkerEndsTheJobWithItsWords() throws Exception {
    pipeline
        .apply(GenerateSequence.from(0).to(100))
        .apply(
            "Elsewhere",
            ParDo.of(
                new InHarness<Long, Long>(
                    (element, calls) -> {
                      throw new IllegalStateException("no luck with " + element.getValue());
                    })))
        .setCoder(VarLongCoder.of());
    RunningJob job = start();
    assertThat(job.await(LONG_ENOUGH), is(true));
    assertThat(job.state(), is(RunningJob.State.FAILED));
    Throwable failure = job.failure();
    assertThat(failure, notNullValue());
    assertThat(failure.getMessage(), containsString("Elsewhere"));
    assertThat(failure.getMessage(), containsString("no luck with"));
  }

  @Test
  void cancelAbandonsWhatIsOut() throws Exception {
    sums(
        inHarness(
            pipeline
                .apply(GenerateSequence.from(0))
                .apply(Window.into(FixedWindows.of(Duration.standardDays(1)))),
            "Same"));
    RunningJob job = start();
    while (workers.bundles().isEmpty()) {
      Thread.onSpinWait();
    }
    job.cancel();
    assertThat(job.await(LONG_ENOUGH), is(true));
    assertThat(job.state(), is(RunningJob.State.CANCELLED));
    assertThat(workers.isClosed(), is(true));
  }

  /** What is at a worker when the stream goes on would be late. */
  @Test
  void aTestStreamWaitsForWorkers() throws Exception {
    TestStream.Builder<Long> events = TestStream.create(VarLongCoder.of());
    long sum = 0;
    for (long i = 0; i < 40; i++) {
      events =
          events
              .addElements(TimestampedValue.of(i, Instant.ofEpochMilli(10 * i + 3)))
              .advanceWatermarkTo(Instant.ofEpochMilli(10 * i + 10));
      sum += i;
    }
    sums(
        inHarness(pipeline.apply(events.advanceWatermarkToInfinity()), "Same")
            .apply(Window.into(FixedWindows.of(Duration.millis(10)))));
    RunningJob job = start();
    assertThat(job.await(LONG_ENOUGH), is(true));
    assertThat(job.state(), is(RunningJob.State.DONE));
    assertThat(RESULTS.stream().mapToLong(n -> n).sum(), is(sum));
    assertThat(RESULTS.size(), is(40));
    assertThat(workers.bundles().size(), greaterThan(1));
  }

  private static PCollection<Long> inHarness(PCollection<Long> input, String name) {
    return input
        .apply(
            name, ParDo.of(new InHarness<Long, Long>((element, calls) -> calls.output(0, element))))
        .setCoder(VarLongCoder.of());
  }

  private static void sums(PCollection<Long> numbers) {
    numbers.apply(Sum.longsGlobally().withoutDefaults()).apply(ParDo.of(new Sink()));
  }

  private RunningJob start() {
    TrestlePipelineOptions options = PipelineOptionsFactory.as(TrestlePipelineOptions.class);
    options.setParallelism(2);
    options.setMaxBundleSize(500);
    Supplier<SdkWorkers> made =
        () -> {
          workers = FakeWorkers.threaded(7);
          return workers;
        };
    return Assembly.start(Harnessed.of(PipelineTranslator.translate(pipeline)), options, made);
  }

  private static final class Sink extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long sum) {
      RESULTS.add(sum);
    }
  }

  private static final class Burst extends DoFn<Long, Long> {
    private final long size;

    Burst(long size) {
      this.size = size;
    }

    @ProcessElement
    public void process(OutputReceiver<Long> out) {
      for (long i = 0; i < size; i++) {
        out.output(i);
      }
    }
  }
}
