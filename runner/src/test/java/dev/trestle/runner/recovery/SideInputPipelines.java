package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/** Side inputs, another one in each window, for which elements have to wait. */
final class SideInputPipelines {

  private SideInputPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("side-input-singletons", SideInputPipelines::singletons),
        RecoveryPipeline.of("side-input-maps", SideInputPipelines::maps),
        RecoveryPipeline.of("side-input-multimaps", SideInputPipelines::multimaps),
        RecoveryPipeline.of("side-input-iterables", SideInputPipelines::iterables),
        RecoveryPipeline.of("side-input-lists", SideInputPipelines::lists));
  }

  private static PCollection<Long> side(Pipeline pipeline) {
    return pipeline
        .apply("Side", Read.from(new Numbers(RecoveryPipelines.LIMIT, 17)))
        .apply("SideWindow", fixed(60));
  }

  private static void singletons(Pipeline pipeline, World world) {
    PCollectionView<Long> view =
        side(pipeline).apply(Sum.longsGlobally().withoutDefaults()).apply(View.asSingleton());
    read(pipeline, world, view, sum -> sum);
  }

  private static void maps(Pipeline pipeline, World world) {
    PCollectionView<Map<Long, Long>> view =
        side(pipeline).apply(keyed(5)).apply(Sum.longsPerKey()).apply(View.asMap());
    read(pipeline, world, view, map -> map.get(2L) + 10_000 * map.size());
  }

  private static void multimaps(Pipeline pipeline, World world) {
    PCollectionView<Map<Long, Iterable<Long>>> view =
        side(pipeline).apply(keyed(5)).apply(View.asMultimap());
    read(pipeline, world, view, map -> Writing.sum(map.get(3L)));
  }

  private static void iterables(Pipeline pipeline, World world) {
    PCollectionView<Iterable<Long>> view = side(pipeline).apply(View.asIterable());
    read(pipeline, world, view, Writing::sum);
  }

  private static void lists(Pipeline pipeline, World world) {
    PCollectionView<List<Long>> view = side(pipeline).apply(View.asList());
    read(pipeline, world, view, list -> Writing.sum(list) + 100_000 * list.size());
  }

  private static <T> void read(
      Pipeline pipeline,
      World world,
      PCollectionView<T> view,
      SerializableFunction<T, Long> digest) {
    numbers(pipeline)
        .apply(fixed(30))
        .apply(ParDo.of(new Beside<>(view, digest)).withSideInputs(view))
        .apply(new Results<>(world));
  }

  private static final class Beside<T> extends DoFn<Long, KV<String, Long>> {
    private final PCollectionView<T> view;
    private final SerializableFunction<T, Long> digest;

    Beside(PCollectionView<T> view, SerializableFunction<T, Long> digest) {
      this.view = view;
      this.digest = digest;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(KV.of("beside " + context.element(), digest.apply(context.sideInput(view))));
    }
  }
}
