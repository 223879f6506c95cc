package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Instant;

/** Effects that wait for the commit of a checkpoint, and cannot be taken back. */
final class CommitPipelines {

  private CommitPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.withEffectsAfterCommit("stable-input", CommitPipelines::stableInput),
        RecoveryPipeline.withEffectsAfterCommit(
            "stable-input-of-state", CommitPipelines::stableInputOfState),
        RecoveryPipeline.withEffectsAfterCommit("stable-groups", CommitPipelines::stableGroups),
        RecoveryPipeline.withEffectsAfterCommit(
            "stable-input-beside", CommitPipelines::stableInputBesideSideInput),
        RecoveryPipeline.withEffectsAfterCommit(
            "stable-input-of-state-beside", CommitPipelines::stableInputOfStateBesideSideInput),
        RecoveryPipeline.withEffectsAfterCommit(
            "stable-restrictions", CommitPipelines::stableRestrictions),
        RecoveryPipeline.withEffectsAfterCommit(
            "stable-restrictions-beside", CommitPipelines::stableRestrictionsBesideSideInput),
        RecoveryPipeline.withEffectsAfterCommit("acknowledged", CommitPipelines::acknowledged),
        RecoveryPipeline.withEffectsAfterCommit(
            "bundle-finalizers", CommitPipelines::bundleFinalizers));
  }

  private static void stableInput(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Unpredictable(world)))
        .apply(ParDo.of(new StableSink(world)));
  }

  private static void stableInputOfState(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Unpredictable(world)))
        .apply(ParDo.of(new StableStatefulSink(world)));
  }

  private static void stableInputBesideSideInput(Pipeline pipeline, World world) {
    PCollectionView<Long> view = SideInputPipelines.sums(pipeline);
    numbers(pipeline)
        .apply(fixed(60))
        .apply(ParDo.of(new Unpredictable(world)))
        .apply(ParDo.of(new StableBeside(world, view)).withSideInputs(view));
  }

  private static void stableInputOfStateBesideSideInput(Pipeline pipeline, World world) {
    PCollectionView<Long> view = SideInputPipelines.sums(pipeline);
    numbers(pipeline)
        .apply(fixed(60))
        .apply(ParDo.of(new Unpredictable(world)))
        .apply(ParDo.of(new StableStateBeside(world, view)).withSideInputs(view));
  }

  private static void stableRestrictions(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Unpredictable(world)))
        .apply(ParDo.of(new StableParts(world, List.of())));
  }

  private static void stableRestrictionsBesideSideInput(Pipeline pipeline, World world) {
    PCollectionView<Long> view = SideInputPipelines.sums(pipeline);
    numbers(pipeline)
        .apply(fixed(60))
        .apply(ParDo.of(new Unpredictable(world)))
        .apply(ParDo.of(new StableParts(world, List.of(view))).withSideInputs(view));
  }

  private static void stableGroups(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(fixed(40))
        .apply(keyed(5))
        .apply(GroupByKey.create())
        .apply(ParDo.of(new StableCount(world)))
        .apply(new Results<>(world));
  }

  private static void acknowledged(Pipeline pipeline, World world) {
    pipeline
        .apply(Read.from(new AcknowledgedNumbers(new Numbers(RecoveryPipelines.LIMIT), world)))
        .apply(fixed(40))
        .apply(keyed(7))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  private static void bundleFinalizers(Pipeline pipeline, World world) {
    numbers(pipeline)
        .apply(ParDo.of(new Finalizing(world)))
        .apply(fixed(40))
        .apply(keyed(7))
        .apply(Sum.longsPerKey())
        .apply(new Results<>(world));
  }

  /** Gives a number another companion whenever it is asked. */
  private static final class Unpredictable extends DoFn<Long, KV<Long, Long>> {
    private final World world;

    Unpredictable(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<KV<Long, Long>> out) {
      out.output(KV.of(element, world.unpredictable()));
    }
  }

  private static final class StableSink extends DoFn<KV<Long, Long>, Void> {
    private final World world;

    StableSink(World world) {
      this.world = world;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(@Element KV<Long, Long> element) {
      world.writeStable(element.getKey(), element.getValue());
      world.write(element.getKey(), "seen");
    }
  }

  private static final class StableBeside extends DoFn<KV<Long, Long>, Void> {
    private final World world;
    private final PCollectionView<Long> view;

    StableBeside(World world, PCollectionView<Long> view) {
      this.world = world;
      this.view = view;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(ProcessContext context) {
      KV<Long, Long> element = context.element();
      world.writeStable(element.getKey(), element.getValue());
      world.write("beside " + element.getKey(), context.sideInput(view));
    }
  }

  private static final class StableStateBeside extends DoFn<KV<Long, Long>, Void> {
    private final World world;
    private final PCollectionView<Long> view;

    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    StableStateBeside(World world, PCollectionView<Long> view) {
      this.world = world;
      this.view = view;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(ProcessContext context, @StateId("count") ValueState<Long> counted) {
      KV<Long, Long> element = context.element();
      Long before = counted.read();
      counted.write(before == null ? 1 : before + 1);
      world.writeStable(element.getKey(), element.getValue());
      world.write("beside " + element.getKey(), context.sideInput(view));
      world.write("count of " + element.getKey(), counted.read());
    }
  }

  /** Looks at each element three times, put off each time. */
  @DoFn.UnboundedPerElement
  private static final class StableParts extends DoFn<KV<Long, Long>, Void> {
    private final World world;
    private final List<PCollectionView<Long>> views;

    StableParts(World world, List<PCollectionView<Long>> views) {
      this.world = world;
      this.views = views;
    }

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, 3);
    }

    @RequiresStableInput
    @ProcessElement
    public ProcessContinuation process(
        ProcessContext context, RestrictionTracker<OffsetRange, Long> tracker) {
      long part = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(part)) {
        return ProcessContinuation.stop();
      }
      KV<Long, Long> element = context.element();
      world.writeStable(element.getKey(), element.getValue());
      world.write("part " + part + " of " + element.getKey(), "seen");
      for (PCollectionView<Long> view : views) {
        world.write("beside part " + part + " of " + element.getKey(), context.sideInput(view));
      }
      return ProcessContinuation.resume();
    }
  }

  private static final class StableStatefulSink extends DoFn<KV<Long, Long>, Void> {
    private final World world;

    @StateId("count")
    private final StateSpec<ValueState<Long>> count = StateSpecs.value();

    StableStatefulSink(World world) {
      this.world = world;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, @StateId("count") ValueState<Long> counted) {
      Long before = counted.read();
      counted.write(before == null ? 1 : before + 1);
      world.writeStable(element.getKey(), element.getValue());
      world.write("count of " + element.getKey(), counted.read());
    }
  }

  /** Elements of a group come in any order: the first of a stable group is always the same. */
  private static final class StableCount extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    private final World world;

    StableCount(World world) {
      this.world = world;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group,
        BoundedWindow window,
        OutputReceiver<KV<Long, Long>> out) {
      long id = window.maxTimestamp().getMillis() * 10 + group.getKey();
      world.writeStable(id, group.getValue().iterator().next());
      out.output(KV.of(group.getKey(), Writing.sum(group.getValue())));
    }
  }

  /** Says of each number that it is durable when its bundle is. */
  private static final class Finalizing extends DoFn<Long, Long> {
    private final World world;

    Finalizing(World world) {
      this.world = world;
    }

    @ProcessElement
    public void process(
        @Element Long element, OutputReceiver<Long> out, BundleFinalizer finalizer) {
      String name = "number " + element;
      world.goesOn(name, 0);
      finalizer.afterBundleCommit(
          Instant.ofEpochMilli(Long.MAX_VALUE), () -> world.isDurable(name, 1));
      out.output(element);
    }
  }
}
