package dev.trestle.runner;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Late elements of a step whose side inputs come in windows. */
final class SideInputLatenessTest {

  private static final class EnrichFn extends DoFn<String, String> {
    private final PCollectionView<String> view;

    EnrichFn(PCollectionView<String> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.element() + " " + context.sideInput(view));
    }
  }

  private static TimestampedValue<String> at(long millis, String value) {
    return TimestampedValue.of(value, Instant.ofEpochMilli(millis));
  }

  private static Window<String> tens(long lateness) {
    return Window.<String>into(FixedWindows.of(Duration.millis(10)))
        .triggering(AfterWatermark.pastEndOfWindow())
        .withAllowedLateness(Duration.millis(lateness))
        .discardingFiredPanes();
  }

  @Test
  void elementIsServedUntilItsWindowExpiresAndThenDropped() {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=TrestleRunner").create());
    PCollectionView<String> view =
        pipeline
            .apply("Side", Create.timestamped(at(1, "A"), at(11, "B"), at(51, "F")))
            .apply("SideWindows", tens(0))
            .apply(View.asSingleton());
    PCollection<String> enriched =
        pipeline
            .apply(
                TestStream.create(StringUtf8Coder.of())
                    .addElements(at(1, "in time"))
                    .advanceWatermarkTo(Instant.ofEpochMilli(29))
                    .addElements(at(2, "late"), at(12, "late"))
                    .advanceWatermarkTo(Instant.ofEpochMilli(30))
                    .addElements(at(3, "too late"), at(13, "late"))
                    .advanceWatermarkTo(Instant.ofEpochMilli(52))
                    .addElements(at(14, "too late"), at(51, "in time"))
                    .advanceWatermarkToInfinity())
            .apply("MainWindows", tens(20))
            .apply("Enrich", ParDo.of(new EnrichFn(view)).withSideInputs(view));
    PAssert.that(enriched)
        .containsInAnyOrder("in time A", "late A", "late B", "late B", "in time F");
    PipelineResult result = pipeline.run();
    assertThat(result.waitUntilFinish(), is(State.DONE));
    long dropped = 0;
    for (var counter :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(
                        MetricNameFilter.named(
                            LateDataDroppingDoFnRunner.class, "droppedDueToLateness"))
                    .addStep("Enrich")
                    .build())
            .getCounters()) {
      dropped += counter.getAttempted();
    }
    assertThat(dropped, is(2L));
  }
}
