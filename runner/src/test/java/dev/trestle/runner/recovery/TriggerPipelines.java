package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.LastSink;
import dev.trestle.runner.recovery.Writing.OnTimeSink;
import dev.trestle.runner.recovery.Writing.Total;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Groups that fire more than once. What they fire early is up to the order of turns. */
final class TriggerPipelines {

  private TriggerPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of(
            "triggers-in-processing-time", TriggerPipelines::triggersInProcessingTime),
        RecoveryPipeline.of("discarded-panes-add-up", TriggerPipelines::discardedPanesAddUp),
        RecoveryPipeline.of("element-counts-in-sessions", TriggerPipelines::countsInSessions),
        RecoveryPipeline.of("stragglers-in-last-panes", TriggerPipelines::stragglers),
        RecoveryPipeline.of("stragglers-in-sessions", TriggerPipelines::stragglersInSessions),
        RecoveryPipeline.of("stragglers-in-groups", TriggerPipelines::stragglersInGroups),
        RecoveryPipeline.of(
            "stragglers-in-sliding-windows", TriggerPipelines::stragglersInSlidingWindows));
  }

  private static AfterWatermark.AfterWatermarkEarlyAndLate soon() {
    return AfterWatermark.pastEndOfWindow()
        .withEarlyFirings(
            AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.millis(3)));
  }

  private static void triggersInProcessingTime(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(
            Window.<Long>into(FixedWindows.of(Duration.millis(100)))
                .triggering(soon())
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes())
        .apply(keyed(3))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new OnTimeSink<>(world)));
  }

  private static void discardedPanesAddUp(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(
            Window.<Long>into(FixedWindows.of(Duration.millis(100)))
                .triggering(soon())
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply(keyed(3))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Total()))
        .apply(Values.create())
        .apply(new Writing.Sums(world));
  }

  private static void countsInSessions(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(
            Window.<Long>into(Sessions.withGapDuration(Duration.millis(30)))
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(5)))
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes())
        .apply(keyed(4))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Total()))
        .apply(ParDo.of(new LastSink<>(world)));
  }

  private static void stragglers(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Straggling()))
        .apply(
            Window.<Long>into(FixedWindows.of(Duration.millis(50)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withLateFirings(AfterPane.elementCountAtLeast(2)))
                .withAllowedLateness(Duration.millis(100), Window.ClosingBehavior.FIRE_ALWAYS)
                .accumulatingFiredPanes())
        .apply(keyed(5))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new LastSink<>(world)));
  }

  /** No session is gone before the end, so that which of them merge is the same in all orders. */
  private static void stragglersInSessions(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Straggling()))
        .apply(
            Window.<Long>into(Sessions.withGapDuration(Duration.millis(6)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withLateFirings(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(Duration.standardDays(1), Window.ClosingBehavior.FIRE_ALWAYS)
                .accumulatingFiredPanes())
        .apply(keyed(5))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Total()))
        .apply(ParDo.of(new LastSink<>(world)));
  }

  private static void stragglersInGroups(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Straggling()))
        .apply(
            Window.<Long>into(FixedWindows.of(Duration.millis(50)))
                .withAllowedLateness(Duration.millis(100), Window.ClosingBehavior.FIRE_ALWAYS)
                .accumulatingFiredPanes())
        .apply(keyed(5))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Total()))
        .apply(ParDo.of(new LastSink<>(world)));
  }

  private static void stragglersInSlidingWindows(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Straggling()))
        .apply(
            Window.<Long>into(SlidingWindows.of(Duration.millis(60)).every(Duration.millis(20)))
                .withAllowedLateness(Duration.millis(100), Window.ClosingBehavior.FIRE_ALWAYS)
                .withTimestampCombiner(TimestampCombiner.EARLIEST)
                .accumulatingFiredPanes())
        .apply(keyed(5))
        .apply(Sum.longsPerKey())
        .apply(ParDo.of(new LastSink<>(world)));
  }

  /** Makes every fourth number late. */
  static final class Straggling extends DoFn<Long, Long> {

    private static final Duration BY = Duration.millis(60);

    @ProcessElement
    public void process(
        @Element Long element, @Timestamp Instant timestamp, OutputReceiver<Long> out) {
      out.outputWithTimestamp(element, element % 4 == 0 ? timestamp.minus(BY) : timestamp);
    }

    @Override
    @Deprecated
    public Duration getAllowedTimestampSkew() {
      return BY;
    }
  }
}
