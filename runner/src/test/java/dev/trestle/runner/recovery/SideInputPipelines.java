package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
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
        RecoveryPipeline.of("side-input-lists", SideInputPipelines::lists),
        RecoveryPipeline.of("side-inputs-of-state", SideInputPipelines::besideState),
        RecoveryPipeline.of("side-inputs-of-restrictions", SideInputPipelines::besideRestrictions));
  }

  private static PCollection<Long> side(Pipeline pipeline) {
    return pipeline
        .apply("Side", Read.from(new Numbers(RecoveryPipelines.LIMIT, 17)))
        .apply("SideWindow", fixed(60));
  }

  private static void singletons(Pipeline pipeline, World world) {
    read(pipeline, world, sums(pipeline), sum -> sum);
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

  static PCollectionView<Long> sums(Pipeline pipeline) {
    return side(pipeline).apply(Sum.longsGlobally().withoutDefaults()).apply(View.asSingleton());
  }

  private static void besideState(Pipeline pipeline, World world) {
    PCollectionView<Long> view = sums(pipeline);
    numbers(pipeline)
        .apply(fixed(60))
        .apply(keyed(4))
        .apply(ParDo.of(new BesideState(view)).withSideInputs(view))
        .apply(new Results<>(world));
  }

  private static void besideRestrictions(Pipeline pipeline, World world) {
    PCollectionView<Long> view = sums(pipeline);
    numbers(pipeline)
        .apply(fixed(60))
        .apply(ParDo.of(new BesideRestrictions(view)).withSideInputs(view))
        .apply(new Results<>(world));
  }

  /** Counts elements, then tells how many there were and what was beside them. */
  private static final class BesideState extends DoFn<KV<Long, Long>, KV<String, Long>> {
    private final PCollectionView<Long> view;

    @StateId("count")
    private final StateSpec<CombiningState<Long, long[], Long>> count =
        StateSpecs.combining(Sum.ofLongs());

    @StateId("beside")
    private final StateSpec<ValueState<Long>> beside = StateSpecs.value(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    BesideState(PCollectionView<Long> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(
        ProcessContext context,
        BoundedWindow window,
        @StateId("count") CombiningState<Long, long[], Long> counted,
        @StateId("beside") ValueState<Long> seen,
        @TimerId("end") Timer timer) {
      counted.add(1L);
      seen.write(context.sideInput(view));
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void tell(
        OnTimerContext context,
        @Key Long key,
        @StateId("count") CombiningState<Long, long[], Long> counted,
        @StateId("beside") ValueState<Long> seen) {
      context.output(KV.of(key + " count", counted.read()));
      context.output(KV.of(key + " beside", seen.read()));
    }
  }

  /** Puts out each element three times, put off each time. */
  @DoFn.UnboundedPerElement
  private static final class BesideRestrictions extends DoFn<Long, KV<String, Long>> {
    private final PCollectionView<Long> view;

    BesideRestrictions(PCollectionView<Long> view) {
      this.view = view;
    }

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, 3);
    }

    @ProcessElement
    public ProcessContinuation process(
        ProcessContext context, RestrictionTracker<OffsetRange, Long> tracker) {
      long i = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(i)) {
        return ProcessContinuation.stop();
      }
      context.output(KV.of(context.element() + " time " + i, context.sideInput(view)));
      return ProcessContinuation.resume();
    }
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
