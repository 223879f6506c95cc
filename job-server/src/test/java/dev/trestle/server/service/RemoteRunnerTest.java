package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TestTrestleRunner;
import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestlePipelineResult;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.remote.JobServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java pipelines that are submitted with {@code --endpoint}. */
class RemoteRunnerTest {

  @TempDir Path directory;

  private TestServer server;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start(directory.resolve("server"), new ThisJvmLauncher());
    file = Files.writeString(directory.resolve("model.bin"), "x".repeat(3_000_000));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private TrestlePipelineOptions options() {
    TrestlePipelineOptions options = PipelineOptionsFactory.as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setParallelism(2);
    options.as(JobServerOptions.class).setEndpoint(server.endpoint());
    options.as(PortablePipelineOptions.class).setFilesToStage(List.of(file.toString()));
    return options;
  }

  /** Counts what goes through. */
  static final class Counting extends DoFn<Long, Long> {
    private final Counter counter = Metrics.counter(Counting.class, "elements");

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> output) {
      counter.inc();
      output.output(element);
    }
  }

  static final class Failing extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long element) {
      throw new IllegalArgumentException("cannot bear " + element);
    }
  }

  @Test
  void resultAndMetricsComeBack() {
    Pipeline pipeline = Pipeline.create(options());
    PCollection<Long> counted =
        pipeline.apply(GenerateSequence.from(0).to(100)).apply("Count", ParDo.of(new Counting()));
    PAssert.thatSingleton(counted.apply(Sum.longsGlobally())).isEqualTo(4950L);

    TrestlePipelineResult result = (TrestlePipelineResult) pipeline.run();

    assertThat(result.waitUntilFinish(Duration.standardMinutes(2)), is(State.DONE));
    MetricResult<Long> elements =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(Counting.class, "elements"))
                    .build())
            .getCounters()
            .iterator()
            .next();
    assertThat(elements.getCommitted(), is(100L));
    assertThat(elements.getAttempted(), is(100L));
    assertThat(elements.getKey().stepName(), startsWith("Count"));
  }

  @Test
  void filesAreStaged() throws Exception {
    Pipeline pipeline = Pipeline.create(options());
    pipeline.apply(Create.of(1L)).apply(ParDo.of(new Counting()));

    pipeline.run().waitUntilFinish();

    try (Stream<Path> files = Files.walk(directory.resolve("server").resolve("artifacts"))) {
      assertThat(
          files.filter(Files::isRegularFile).map(path -> path.toFile().length()).toList(),
          is(List.of(3_000_000L)));
    }
  }

  @Test
  void failureHasTheUsersWords() {
    Pipeline pipeline = Pipeline.create(options());
    pipeline.apply(Create.of(7L)).apply(ParDo.of(new Failing()));

    TrestlePipelineResult result = (TrestlePipelineResult) pipeline.run();
    PipelineExecutionException failure =
        assertThrows(PipelineExecutionException.class, result::waitUntilFinish);

    assertThat(failure.getMessage(), containsString("cannot bear 7"));
    assertThat(result.getState(), is(State.FAILED));
  }

  @Test
  void failedAssertionFailsTheTest() {
    TrestlePipelineOptions options = options();
    options.setRunner(TestTrestleRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of(1L))).containsInAnyOrder(2L);

    PipelineExecutionException failure =
        assertThrows(PipelineExecutionException.class, pipeline::run);

    assertThat(failure.getMessage(), containsString("AssertionError"));
  }

  @Test
  void streamingJobTakesASavepointAndIsDrained() throws Exception {
    Pipeline pipeline = Pipeline.create(options());
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.standardSeconds(1)))
        .apply(ParDo.of(new Counting()));

    TrestlePipelineResult result = (TrestlePipelineResult) pipeline.run();

    assertThat(Files.isRegularFile(Path.of(result.savepoint()).resolve("manifest")), is(true));
    assertThat(result.getState(), is(State.RUNNING));
    assertThat(result.drain(), is(State.DONE));
    assertThrows(JobRefusal.class, result::savepoint);
  }

  @Test
  void jobIsCancelled() throws Exception {
    Pipeline pipeline = Pipeline.create(options());
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.standardSeconds(1)))
        .apply(ParDo.of(new Counting()));

    assertThat(pipeline.run().cancel(), is(State.CANCELLED));
  }

  @Test
  void badOptionsAreRefusedAtSubmission() {
    TrestlePipelineOptions options = options();
    options.setMaxRestarts(3);
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(1L));

    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, pipeline::run);

    assertThat(refusal.getMessage(), containsString("--maxRestarts has no effect"));
  }

  @Test
  void serverThatIsNotThereIsNamed() {
    TrestlePipelineOptions options = options();
    options.as(JobServerOptions.class).setEndpoint("localhost:1");
    Pipeline pipeline = Pipeline.create(options);
    pipeline.apply(Create.of(1L));

    IllegalStateException failure = assertThrows(IllegalStateException.class, pipeline::run);

    assertThat(failure.getMessage(), startsWith("--endpoint=localhost:1: "));
  }
}
