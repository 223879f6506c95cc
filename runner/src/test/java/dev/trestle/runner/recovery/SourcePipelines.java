package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;

import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Splittable DoFns that put off the rest of what they do. */
final class SourcePipelines {

  private SourcePipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("restrictions", SourcePipelines::restrictions),
        RecoveryPipeline.of("estimated-watermarks", SourcePipelines::estimatedWatermarks),
        RecoveryPipeline.of("bounded-restrictions", SourcePipelines::boundedRestrictions));
  }

  private static PCollection<Long> created(Pipeline pipeline) {
    return pipeline.apply(Create.of(3L, 5L, 7L, 11L).withCoder(VarLongCoder.of()));
  }

  private static void restrictions(Pipeline pipeline, World world) {
    created(pipeline)
        .apply(ParDo.of(new Multiples()))
        .apply(Redistribute.arbitrarily())
        .apply(fixed(3_600_000))
        .apply(keyed(13))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void estimatedWatermarks(Pipeline pipeline, World world) {
    created(pipeline)
        .apply(ParDo.of(new TimedMultiples()))
        .apply(fixed(50))
        .apply(keyed(4))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void boundedRestrictions(Pipeline pipeline, World world) {
    created(pipeline)
        .apply(ParDo.of(new AllMultiples()))
        .apply(keyed(4))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static OffsetRange multiplesOf(long number) {
    return new OffsetRange(0, RecoveryPipelines.LIMIT / number);
  }

  /** The multiples of a number below a limit, a few at a time. */
  @DoFn.UnboundedPerElement
  private static final class Multiples extends DoFn<Long, Long> {

    @GetInitialRestriction
    public OffsetRange initial(@Element Long element) {
      return multiplesOf(element);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Long element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(i * element);
        if (i % 9 == 8) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(i % 4));
        }
      }
      return ProcessContinuation.stop();
    }
  }

  /** The same with their values as timestamps, and a watermark right behind. */
  @DoFn.UnboundedPerElement
  private static final class TimedMultiples extends DoFn<Long, Long> {

    @GetInitialRestriction
    public OffsetRange initial(@Element Long element) {
      return multiplesOf(element);
    }

    @GetInitialWatermarkEstimatorState
    public Instant initialWatermark() {
      return Instant.ofEpochMilli(0);
    }

    @GetWatermarkEstimatorStateCoder
    public Coder<Instant> watermarkCoder() {
      return InstantCoder.of();
    }

    @NewWatermarkEstimator
    public WatermarkEstimator<Instant> watermark(@WatermarkEstimatorState Instant state) {
      return new WatermarkEstimators.Manual(state);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Long element,
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.outputWithTimestamp(i * element, Instant.ofEpochMilli(i * element));
        estimator.setWatermark(Instant.ofEpochMilli((i + 1) * element));
        if (i % 6 == 5) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(i % 3));
        }
      }
      return ProcessContinuation.stop();
    }
  }

  /** The same, all at once. */
  @DoFn.BoundedPerElement
  private static final class AllMultiples extends DoFn<Long, Long> {

    @GetInitialRestriction
    public OffsetRange initial(@Element Long element) {
      return multiplesOf(element);
    }

    @SplitRestriction
    public void split(@Restriction OffsetRange restriction, OutputReceiver<OffsetRange> out) {
      restriction.split(20, 10).forEach(out::output);
    }

    @ProcessElement
    public void process(
        @Element Long element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(i * element);
      }
    }
  }
}
