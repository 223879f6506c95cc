package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.assembly.Assembly;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.translation.PipelineTranslator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.StreamSupport;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs of the engine whose transforms run in Beam's own Java workers, on threads of this process.
 */
abstract class EmbeddedJobTest {

  /** What the workers have come to. */
  private static final Queue<String> RESULTS = new ConcurrentLinkedQueue<>();

  private static final long PATIENCE_MILLIS = 120_000;

  @TempDir Path directory;

  final Pipeline pipeline = pipeline();

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

  /** Puts a line into the results. */
  static final class Tell extends DoFn<String, Void> {
    @ProcessElement
    public void process(@Element String what) {
      RESULTS.add(what);
    }
  }

  static long count(Iterable<?> values) {
    return StreamSupport.stream(values.spliterator(), false).count();
  }

  /** Runs the pipeline to its end. */
  final void run() throws IOException, InterruptedException {
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
  }

  /** Runs the pipeline, whose results are lines in any order. */
  final void assertResults(String... expected) throws IOException, InterruptedException {
    run();
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
