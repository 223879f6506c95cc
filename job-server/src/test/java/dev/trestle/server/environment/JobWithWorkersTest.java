package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs of the engine whose transforms run in Beam's own Java workers, on threads of this process.
 */
final class JobWithWorkersTest {

  /** What the workers have come to. */
  private static final Map<String, Integer> RESULTS = new ConcurrentHashMap<>();

  private static final int ELEMENTS = 2_000;
  private static final long PATIENCE_MILLIS = 120_000;

  @TempDir Path directory;

  @BeforeEach
  void forget() {
    RESULTS.clear();
  }

  private static Pipeline pipeline() {
    PortablePipelineOptions options =
        PipelineOptionsFactory.create().as(PortablePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setDefaultEnvironmentType("EMBEDDED");
    return Pipeline.create(options);
  }

  private static RunnerApi.Pipeline proto(Pipeline pipeline) {
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

  private void run(Pipeline pipeline) throws IOException, InterruptedException {
    TrestlePipelineOptions options =
        PipelineOptionsFactory.create().as(TrestlePipelineOptions.class);
    options.setParallelism(2);
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(directory))) {
      RunningJob job =
          Assembly.start(PipelineTranslator.translate(proto(pipeline)), options, fixture::workers);
      assertThat(job.await(PATIENCE_MILLIS), is(true));
      if (job.failure() != null) {
        throw new AssertionError(job.failure());
      }
    }
  }

  private static final class Keyed extends DoFn<Integer, KV<String, Integer>> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<KV<String, Integer>> out) {
      out.output(KV.of("key" + element % 10, element));
    }
  }

  private static final class Sum extends DoFn<KV<String, Iterable<Integer>>, Void> {
    @ProcessElement
    public void process(@Element KV<String, Iterable<Integer>> element) {
      element.getValue().forEach(value -> RESULTS.merge(element.getKey(), value, Integer::sum));
    }
  }

  private static final class StatefulSum extends DoFn<KV<String, Integer>, Void> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> spec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, @StateId("sum") ValueState<Integer> sum) {
      Integer before = sum.read();
      int now = (before == null ? 0 : before) + element.getValue();
      sum.write(now);
      RESULTS.put(element.getKey(), now);
    }
  }

  private static Map<String, Integer> expected() {
    Map<String, Integer> sums = new HashMap<>();
    IntStream.range(0, ELEMENTS).forEach(i -> sums.merge("key" + i % 10, i, Integer::sum));
    return sums;
  }

  private static List<Integer> elements() {
    return IntStream.range(0, ELEMENTS).boxed().toList();
  }

  @Test
  void whatWorkersPutOutIsGroupedForWorkers() throws Exception {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(elements()))
        .apply("Key", ParDo.of(new Keyed()))
        .apply(GroupByKey.create())
        .apply("Sum", ParDo.of(new Sum()));
    run(pipeline);
    assertThat(RESULTS, is(expected()));
  }

  @Test
  void stateOfWorkersIsInTheEngine() throws Exception {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(elements()))
        .apply("Key", ParDo.of(new Keyed()))
        .apply("Sum", ParDo.of(new StatefulSum()));
    run(pipeline);
    assertThat(RESULTS, is(expected()));
  }

  private static final class Failing extends DoFn<Integer, Void> {
    @ProcessElement
    public void process(@Element Integer element) {
      throw new IllegalArgumentException("cannot stand " + element);
    }
  }

  @Test
  void aFailureIsInTheWorkersWords() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.of(17)).apply("Fail", ParDo.of(new Failing()));
    AssertionError failure = assertThrows(AssertionError.class, () -> run(pipeline));
    assertThat(failure.toString(), containsString("cannot stand 17"));
  }
}
