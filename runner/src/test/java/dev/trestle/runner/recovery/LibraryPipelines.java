package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.Results;
import dev.trestle.runner.recovery.Writing.Sums;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Deduplicate;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.Latest;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** Transforms of Beam's library that have state, timers or groups in them. */
final class LibraryPipelines {

  private static final long BATCH = 7;

  private LibraryPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("hot-key-fanout", LibraryPipelines::hotKeyFanout),
        RecoveryPipeline.of("batches", LibraryPipelines::batches),
        RecoveryPipeline.of("batches-in-time", LibraryPipelines::batchesInTime),
        RecoveryPipeline.of("joins", LibraryPipelines::joins),
        RecoveryPipeline.of("latest", LibraryPipelines::latest),
        RecoveryPipeline.of("distinct", LibraryPipelines::distinct),
        RecoveryPipeline.of("deduplicated", LibraryPipelines::deduplicated),
        RecoveryPipeline.of("waits", LibraryPipelines::waits),
        RecoveryPipeline.of("reified", LibraryPipelines::reified));
  }

  /** Beam draws sub-keys at random: its schedule is not in the seed alone. */
  private static void hotKeyFanout(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(80))
        .apply(keyed(3))
        .apply(Combine.<Long, Long, Long>perKey(Sum.ofLongs()).withHotKeyFanout(4))
        .apply(new Results<>(world));
  }

  private static void batches(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(100))
        .apply(keyed(3))
        .apply(GroupIntoBatches.ofSize(BATCH))
        .apply(ParDo.of(new Unbatched()))
        .apply(new Sums(world));
  }

  private static void batchesInTime(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(100))
        .apply(keyed(3))
        .apply(
            GroupIntoBatches.<Long, Long>ofSize(BATCH).withMaxBufferingDuration(Duration.millis(4)))
        .apply(ParDo.of(new Unbatched()))
        .apply(new Sums(world));
  }

  private static final class Unbatched extends DoFn<KV<Long, Iterable<Long>>, Long> {
    @ProcessElement
    public void process(@Element KV<Long, Iterable<Long>> batch, OutputReceiver<Long> out) {
      int size = 0;
      for (Long element : batch.getValue()) {
        out.output(element);
        size++;
      }
      if (size > BATCH) {
        throw new AssertionError("A batch of " + size);
      }
    }
  }

  private static void joins(Pipeline pipeline, World world) {
    TupleTag<Long> left = new TupleTag<>("left");
    TupleTag<Long> right = new TupleTag<>("right");
    PCollection<KV<Long, Long>> slow =
        pipeline
            .apply("Slow", Read.from(new Numbers(400, 5)))
            .apply("SlowWindow", fixed(60))
            .apply("SlowKeys", keyed(6));
    KeyedPCollectionTuple.of(left, numbers(pipeline).apply(fixed(60)).apply(keyed(4)))
        .and(right, slow)
        .apply(CoGroupByKey.create())
        .apply(ParDo.of(new Joined(left, right)))
        .apply(new Results<>(world));
  }

  private static final class Joined extends DoFn<KV<Long, CoGbkResult>, KV<String, Long>> {
    private final TupleTag<Long> left;
    private final TupleTag<Long> right;

    Joined(TupleTag<Long> left, TupleTag<Long> right) {
      this.left = left;
      this.right = right;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, CoGbkResult> element, OutputReceiver<KV<String, Long>> out) {
      CoGbkResult groups = element.getValue();
      out.output(KV.of(element.getKey() + " left", Writing.sum(groups.getAll(left))));
      out.output(KV.of(element.getKey() + " right", Writing.sum(groups.getAll(right))));
    }
  }

  private static void latest(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(45))
        .apply(keyed(4))
        .apply(Latest.perKey())
        .apply(new Results<>(world));
  }

  private static void distinct(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(90))
        .apply(MapElements.into(TypeDescriptors.longs()).via(n -> n / 4))
        .apply(Distinct.create())
        .apply(new Sums(world));
  }

  private static void deduplicated(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(MapElements.into(TypeDescriptors.longs()).via(n -> n % 50))
        .apply(Deduplicate.values())
        .apply(fixed(3_600_000))
        .apply(Count.perElement())
        .apply(ParDo.of(new Writing.Sink<>(world)));
  }

  private static void waits(Pipeline pipeline, World world) {
    Window<Long> windows = fixed(40).withAllowedLateness(Duration.ZERO).discardingFiredPanes();
    PCollection<Long> signal =
        pipeline.apply("Signal", Read.from(new Numbers(500, 9))).apply("SignalWindow", windows);
    numbers(pipeline)
        .apply(windows)
        .apply(Wait.on(signal))
        .apply(keyed(3))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void reified(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(40))
        .apply(keyed(3))
        .apply(Reify.timestampsInValue())
        .apply(
            MapElements.into(TypeDescriptors.kvs(TypeDescriptors.longs(), TypeDescriptors.longs()))
                .via(
                    element ->
                        KV.of(element.getKey(), element.getValue().getTimestamp().getMillis() + 1)))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }
}
