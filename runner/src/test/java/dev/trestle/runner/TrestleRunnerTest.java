package dev.trestle.runner;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.arrayContaining;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasToString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Iterator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

final class TrestleRunnerTest {

  @Test
  void metricsAreAttemptedAndCommitted() {
    Pipeline pipeline = pipeline();
    pipeline.apply(GenerateSequence.from(0).to(1000)).apply(ParDo.of(new CountingFn()));
    TrestlePipelineResult result = run(pipeline);

    assertThat(result.waitUntilFinish(), is(State.DONE));
    assertThat(result.getState(), is(State.DONE));
    MetricResult<Long> counted = counter(result, CountingFn.class, "seen");
    assertThat(counted.getAttempted(), is(1000L));
    assertThat(counted.getCommitted(), is(1000L));
  }

  @Test
  void usersExceptionNamesItsTransform() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.of(1)).apply("Divide", ParDo.of(new ThrowingFn()));
    TrestlePipelineResult result = run(pipeline);

    Exception e = assertThrows(PipelineExecutionException.class, result::waitUntilFinish);
    assertThat(e.getCause(), instanceOf(ArithmeticException.class));
    assertThat(
        e.getCause().getSuppressed(),
        arrayContaining(hasToString(containsString("in transform Divide"))));
    assertThat(result.getState(), is(State.FAILED));
  }

  @Test
  void endlessJobIsWaitedForAWhileAndCancelled() {
    Pipeline pipeline = pipeline();
    pipeline.apply(GenerateSequence.from(0)).apply(ParDo.of(new CountingFn()));
    TrestlePipelineResult result = run(pipeline);

    assertThat(result.waitUntilFinish(Duration.millis(50)), is(nullValue()));
    assertThat(result.getState(), is(State.RUNNING));
    assertThat(result.cancel(), is(State.CANCELLED));
    assertThat(result.waitUntilFinish(), is(State.CANCELLED));
  }

  @Test
  void valueOutOfRangeIsRefusedByName() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> pipeline("--parallelism=-1"));
    assertThat(e.getMessage(), containsString("--parallelism=-1"));
    assertThat(e.getMessage(), containsString("0 to 128"));
  }

  @Test
  void idleTimeOutOfRangeIsRefusedByName() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> pipeline("--sourceIdleMillis=-5"));
    assertThat(e.getMessage(), containsString("--sourceIdleMillis=-5"));
  }

  @Test
  void sideInputLargerThanTheMemoryBudgetIsRead() {
    int elements = 3000;
    Pipeline pipeline = pipeline("--memoryBudgetMb=1");
    PCollection<byte[]> large =
        pipeline
            .apply("Numbers", GenerateSequence.from(0).to(elements))
            .apply(ParDo.of(new KilobyteFn()))
            .setCoder(ByteArrayCoder.of());
    PCollectionView<Iterable<byte[]>> view = large.apply(View.asIterable());
    pipeline.apply(Create.of(1, 2)).apply(ParDo.of(new SizeFn(view)).withSideInputs(view));
    TrestlePipelineResult result = run(pipeline);
    assertThat(result.waitUntilFinish(), is(State.DONE));
    assertThat(counter(result, SizeFn.class, "bytes").getAttempted(), is(2000L * elements));
  }

  @Test
  void changingAnElementIsFoundWhereAskedFor() {
    Pipeline pipeline = pipeline("--enforceImmutability=true");
    pipeline
        .apply(Create.of(new byte[] {1}).withCoder(ByteArrayCoder.of()))
        .apply("Change", ParDo.of(new ChangingFn()));
    Exception e =
        assertThrows(PipelineExecutionException.class, () -> run(pipeline).waitUntilFinish());
    assertThat(e.getMessage(), containsString("was changed"));
  }

  private static MetricResult<Long> counter(
      TrestlePipelineResult result, Class<?> namespace, String name) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder().addNameFilter(MetricNameFilter.named(namespace, name)).build())
        .getCounters()
        .iterator()
        .next();
  }

  private static Pipeline pipeline(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "--runner=TrestleRunner";
    System.arraycopy(options, 0, all, 1, options.length);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(all).create());
  }

  private static TrestlePipelineResult run(Pipeline pipeline) {
    return (TrestlePipelineResult) pipeline.run();
  }

  private static final class CountingFn extends DoFn<Long, Long> {
    private final Counter seen = Metrics.counter(CountingFn.class, "seen");

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      seen.inc();
      out.output(element);
    }
  }

  private static final class ThrowingFn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> out) {
      out.output(Math.floorDiv(element, 0));
    }
  }

  private static final class KilobyteFn extends DoFn<Long, byte[]> {
    @ProcessElement
    public void process(OutputReceiver<byte[]> out) {
      out.output(new byte[1000]);
    }
  }

  private static final class SizeFn extends DoFn<Integer, Long> {
    private final PCollectionView<Iterable<byte[]>> view;
    private final Counter bytes = Metrics.counter(SizeFn.class, "bytes");

    SizeFn(PCollectionView<Iterable<byte[]>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long size = 0;
      for (Iterator<byte[]> it = context.sideInput(view).iterator(); it.hasNext(); ) {
        size += it.next().length;
      }
      bytes.inc(size);
    }
  }

  private static final class ChangingFn extends DoFn<byte[], byte[]> {
    @ProcessElement
    public void process(@Element byte[] element) {
      element[0]++;
    }
  }
}
