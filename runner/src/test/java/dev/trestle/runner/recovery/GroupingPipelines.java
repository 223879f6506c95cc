package dev.trestle.runner.recovery;

import dev.trestle.runner.recovery.Writing.Results;
import dev.trestle.runner.recovery.Writing.Total;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Groups that are complete when their window is. */
final class GroupingPipelines {

  private GroupingPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("fixed-windows-of-sums", GroupingPipelines::fixedWindowsOfSums),
        RecoveryPipeline.of("sliding-windows-of-sums", GroupingPipelines::slidingWindowsOfSums),
        RecoveryPipeline.of("sessions-of-groups", GroupingPipelines::sessionsOfGroups),
        RecoveryPipeline.of("sessions-of-sums", GroupingPipelines::sessionsOfSums),
        RecoveryPipeline.of("own-sessions", GroupingPipelines::ownSessions),
        RecoveryPipeline.of("bounded-reads", GroupingPipelines::boundedReads),
        RecoveryPipeline.of("flattened-sources", GroupingPipelines::flattenedSources),
        RecoveryPipeline.of("reshuffled", GroupingPipelines::reshuffled));
  }

  static PCollection<Long> numbers(Pipeline pipeline) {
    return pipeline.apply("Numbers", Read.from(new Numbers(RecoveryPipelines.LIMIT)));
  }

  static Window<Long> fixed(long millis) {
    return Window.into(FixedWindows.of(Duration.millis(millis)));
  }

  /** Keys 0 to {@code keys - 1}. */
  static WithKeys<Long, Long> keyed(long keys) {
    return WithKeys.of((Long n) -> n % keys).withKeyType(TypeDescriptors.longs());
  }

  private static void fixedWindowsOfSums(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(40))
        .apply(keyed(7))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void slidingWindowsOfSums(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(Window.into(SlidingWindows.of(Duration.millis(60)).every(Duration.millis(20))))
        .apply(WithKeys.of((Long n) -> "key " + n % 5).withKeyType(TypeDescriptors.strings()))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  /** Sessions of ten numbers each. */
  private static WithKeys<Long, Long> keyedByTens() {
    return WithKeys.of((Long n) -> n / 10 % 11).withKeyType(TypeDescriptors.longs());
  }

  private static void sessionsOfGroups(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(Window.into(Sessions.withGapDuration(Duration.millis(8))))
        .apply(keyedByTens())
        .apply(GroupByKey.create())
        .apply(ParDo.of(new Total()))
        .apply(new Results<>(world));
  }

  private static void sessionsOfSums(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(Window.into(Sessions.withGapDuration(Duration.millis(8))))
        .apply(keyedByTens())
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void ownSessions(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(Window.into(new OwnSessions()))
        .apply(keyed(4))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void boundedReads(Pipeline pipeline, World world) {
    pipeline
        .apply(GenerateSequence.from(0).to(RecoveryPipelines.LIMIT))
        .apply(keyed(13))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void flattenedSources(Pipeline pipeline, World world) {
    PCollection<Long> slow = pipeline.apply("Slow", Read.from(new Numbers(200, 4)));
    PCollection<Long> bounded =
        pipeline
            .apply("Bounded", GenerateSequence.from(0).to(100))
            .apply(WithTimestamps.of(Instant::ofEpochMilli));
    PCollectionList.of(numbers(pipeline))
        .and(slow)
        .and(bounded)
        .apply(Flatten.pCollections())
        .apply(fixed(50))
        .apply(keyed(3))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void reshuffled(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(70))
        .apply(keyed(9))
        .apply(Reshuffle.of())
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }
}
