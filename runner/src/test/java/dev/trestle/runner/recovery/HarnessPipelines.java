package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.harness.HarnessCalls;
import dev.trestle.runner.harness.HarnessFn;
import dev.trestle.runner.harness.InHarness;
import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;

/** Transforms that workers run. */
final class HarnessPipelines {

  private HarnessPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("harness-beside-a-source", HarnessPipelines::besideSource),
        RecoveryPipeline.of("harness-behind-an-edge", HarnessPipelines::behindEdge),
        RecoveryPipeline.of("harness-between-others", HarnessPipelines::betweenOthers),
        RecoveryPipeline.of("harness-of-groups", HarnessPipelines::ofGroups),
        RecoveryPipeline.of("harness-with-outputs", HarnessPipelines::withOutputs),
        RecoveryPipeline.of("harness-with-iterables", HarnessPipelines::withIterables),
        RecoveryPipeline.of("harness-with-multimaps", HarnessPipelines::withMultimaps),
        RecoveryPipeline.of("harness-of-restrictions", HarnessPipelines::ofRestrictions));
  }

  private static PCollection<Long> inHarness(PCollection<Long> input, String name, HarnessFn fn) {
    return input.apply(name, ParDo.of(new InHarness<Long, Long>(fn))).setCoder(VarLongCoder.of());
  }

  /** Puts out the same number again, and every third one twice. */
  private static void some(WindowedValue<Object> element, HarnessCalls calls) {
    calls.output(0, element);
    if ((Long) element.getValue() % 3 == 0) {
      calls.output(0, element.withValue((Long) element.getValue() + 1));
    }
  }

  private static void besideSource(Pipeline pipeline, World world) {
    inHarness(numbers(pipeline), "Some", HarnessPipelines::some)
        .apply(fixed(40))
        .apply(keyed(7))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void behindEdge(Pipeline pipeline, World world) {
    PCollection<Long> shuffled =
        numbers(pipeline).apply(fixed(40)).apply(Redistribute.arbitrarily());
    inHarness(shuffled, "Some", HarnessPipelines::some)
        .apply(keyed(7))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  /** Two in one stage, each between fns of this process; elements are in several windows. */
  private static void betweenOthers(Pipeline pipeline, World world) {
    PCollection<Long> windows =
        numbers(pipeline)
            .apply(Window.into(SlidingWindows.of(Duration.millis(60)).every(Duration.millis(20))))
            .apply("First", plus(1));
    PCollection<Long> once = inHarness(windows, "Once", HarnessPipelines::some);
    inHarness(once.apply("Second", plus(10)), "Twice", HarnessPipelines::some)
        .apply("Third", plus(100))
        .apply(keyed(5))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static MapElements<Long, Long> plus(long much) {
    return MapElements.into(TypeDescriptors.longs()).via((Long n) -> n + much);
  }

  /** What comes at the end of a window must not be late behind the worker. */
  private static void ofGroups(Pipeline pipeline, World world) {
    PCollection<Long> sums =
        numbers(pipeline)
            .apply(fixed(20))
            .apply(keyed(7))
            .apply(Sum.longsPerKey())
            .apply(Values.create());
    inHarness(sums, "Some", HarnessPipelines::some)
        .apply("Again", keyed(3))
        .apply("Sums", Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void withOutputs(Pipeline pipeline, World world) {
    TupleTag<Long> even = new TupleTag<>();
    TupleTag<Long> odd = new TupleTag<>();
    PCollectionTuple both =
        numbers(pipeline)
            .apply(fixed(40))
            .apply(
                ParDo.of(
                        new InHarness<Long, Long>(
                            (element, calls) ->
                                calls.output((int) ((Long) element.getValue() % 2), element)))
                    .withOutputTags(even, TupleTagList.of(odd)));
    PCollectionList.of(both.get(even).setCoder(VarLongCoder.of()))
        .and(both.get(odd).setCoder(VarLongCoder.of()).apply(plus(1000)))
        .apply(Flatten.pCollections())
        .apply(keyed(3))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static PCollection<Long> side(Pipeline pipeline) {
    return pipeline
        .apply("Side", Read.from(new Numbers(RecoveryPipelines.LIMIT, 17)))
        .apply("SideWindow", fixed(60));
  }

  /** The window of the side input beside an element. */
  private static BoundedWindow beside(WindowedValue<Object> element) {
    return FixedWindows.of(Duration.millis(60))
        .getDefaultWindowMappingFn()
        .getSideInputWindow(element.getWindows().iterator().next());
  }

  private static long sum(List<Object> values) {
    return values.stream().mapToLong(value -> (Long) value).sum();
  }

  private static void withIterables(Pipeline pipeline, World world) {
    beside(
        pipeline,
        world,
        side(pipeline).apply(View.asIterable()),
        (element, calls) ->
            calls.output(
                0,
                element.withValue(
                    (Long) element.getValue() + sum(calls.sideInput(0, beside(element))))));
  }

  private static void withMultimaps(Pipeline pipeline, World world) {
    beside(
        pipeline,
        world,
        side(pipeline).apply(keyed(5)).apply(View.asMultimap()),
        (element, calls) -> {
          long number = (Long) element.getValue();
          long keys = sum(calls.sideInputKeys(0, beside(element)));
          long values = sum(calls.sideInput(0, beside(element), number % 6));
          calls.output(0, element.withValue(1_000_000 * keys + values));
        });
  }

  private static void beside(
      Pipeline pipeline, World world, PCollectionView<?> view, HarnessFn fn) {
    numbers(pipeline)
        .apply(fixed(30))
        .apply(ParDo.of(new InHarness<Long, Long>(fn)).withSideInputs(view))
        .setCoder(VarLongCoder.of())
        .apply("Again", keyed(3))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void ofRestrictions(Pipeline pipeline, World world) {
    HarnessFn.Splittable fn =
        (element, position, calls) ->
            calls.output(0, element.withValue((Long) element.getValue() + 10_000 * position));
    numbers(pipeline)
        .apply(fixed(40))
        .apply(ParDo.of(new InHarness.Splittable<Long, Long>(fn, 5)))
        .setCoder(VarLongCoder.of())
        .apply(keyed(7))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }
}
