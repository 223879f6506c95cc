package dev.trestle.runner.assembly;

import dev.trestle.runner.dofn.DoFnOperators;
import dev.trestle.runner.dofn.Gates;
import dev.trestle.runner.engine.EngineSettings;
import dev.trestle.runner.engine.StageFactory;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.group.CombineGroupedValuesOperator;
import dev.trestle.runner.group.GroupingOperators;
import dev.trestle.runner.group.PrecombineOperator;
import dev.trestle.runner.harness.BundleSize;
import dev.trestle.runner.harness.HarnessOperators;
import dev.trestle.runner.harness.WindowMappings;
import dev.trestle.runner.harness.WindowMergers;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.RecodeOperator;
import dev.trestle.runner.operator.RedistributeOperator;
import dev.trestle.runner.sideinput.ReadView;
import dev.trestle.runner.sideinput.ViewOperator;
import dev.trestle.runner.sideinput.ViewPublisher;
import dev.trestle.runner.source.BoundedReadOperator;
import dev.trestle.runner.source.BoundedSplits;
import dev.trestle.runner.source.EmptySource;
import dev.trestle.runner.source.ImpulseOperator;
import dev.trestle.runner.source.ScriptedClock;
import dev.trestle.runner.source.ScriptedSourceOperator;
import dev.trestle.runner.source.UnboundedReadOperator;
import dev.trestle.runner.source.UnboundedSplits;
import dev.trestle.runner.window.AssignWindows;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.time.InstantSource;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.jspecify.annotations.Nullable;

/** Chooses the operators of one stage. What the stage's tasks share is made once, here. */
final class StageAssembly implements StageFactory {

  private final DoFnOperators doFns;
  private final HarnessOperators harnesses;
  private final WindowMergers mergers;
  private final SdkWorkers workers;
  private final boolean streaming;
  private final boolean takesCheckpoints;
  private final long sourceIdleMillis;
  private final InstantSource clock;
  private final @Nullable EdgeFormat input;
  private final @Nullable BoundedSplits boundedSplits;
  private final @Nullable UnboundedSplits unboundedSplits;

  /**
   * A stage.
   *
   * @param streaming whether results are wanted before a bounded input has ended
   * @param sourceIdleMillis after how long a split that has nothing to read is idle; 0 for never
   * @param clock a {@link ScriptedClock} where the graph has a scripted source
   * @param takesCheckpoints whether operators are asked for snapshots
   * @param workers of the environments of the graph
   */
  StageAssembly(
      OperatorGraph graph,
      Stage stage,
      EngineSettings settings,
      boolean streaming,
      long sourceIdleMillis,
      InstantSource clock,
      boolean takesCheckpoints,
      SdkWorkers workers) {
    this.streaming = streaming;
    this.takesCheckpoints = takesCheckpoints;
    Gates gates = new Gates(takesCheckpoints);
    doFns = new DoFnOperators(gates);
    BundleSize bundleSize = new BundleSize(settings.maxBundleSize(), settings.maxBundleNanos());
    harnesses = new HarnessOperators(gates, workers, bundleSize, settings.parallelism());
    mergers = new WindowMergers(workers);
    this.workers = workers;
    this.sourceIdleMillis = sourceIdleMillis;
    this.clock = clock;
    input =
        stage.inputs().isEmpty() ? null : EdgeFormat.of(graph.edges().get(stage.inputs().get(0)));
    Step root = stage.root().step();
    boundedSplits =
        root instanceof Step.BoundedRead read
            ? new BoundedSplits(read.source(), settings.parallelism(), !takesCheckpoints)
            : null;
    unboundedSplits =
        root instanceof Step.UnboundedRead read
            ? new UnboundedSplits(read.source(), settings.parallelism())
            : null;
  }

  @Override
  public Operator create(Node node, List<Receiver> outputs) {
    Step step = node.step();
    if (step instanceof Step.ParDo
        || step instanceof Step.StatefulParDo
        || step instanceof Step.PairWithRestriction
        || step instanceof Step.SplitAndSizeRestrictions
        || step instanceof Step.ProcessSizedElements) {
      return doFns.create(step, input, outputs.toArray(new Receiver[0]));
    }
    if (step instanceof Step.Harness harness) {
      return harnesses.create(harness, node.outputs(), input, outputs);
    }
    if (step instanceof Step.Empty) {
      return new EmptySource();
    }
    return create(step, outputs.get(0));
  }

  @Override
  public ReadView view(Step.Harness step, HarnessSpec.SideInput sideInput, int taskIndex) {
    return WindowMappings.bind(step, sideInput, workers, taskIndex);
  }

  private Operator create(Step step, Receiver output) {
    if (step instanceof Step.AssignWindows assign) {
      return AssignWindows.create(assign, output);
    }
    if (step instanceof Step.Recode recode) {
      return new RecodeOperator(recode, output);
    }
    if (step instanceof Step.Precombine precombine) {
      return new PrecombineOperator(precombine, output);
    }
    if (step instanceof Step.CombineGroupedValues combine) {
      return new CombineGroupedValuesOperator(combine, output);
    }
    if (step instanceof Step.Impulse) {
      return new ImpulseOperator(output);
    }
    if (step instanceof Step.BoundedRead && boundedSplits != null) {
      return new BoundedReadOperator(boundedSplits, output);
    }
    if (step instanceof Step.UnboundedRead read && unboundedSplits != null) {
      return new UnboundedReadOperator(read.source(), unboundedSplits, sourceIdleMillis, output);
    }
    if (step instanceof Step.ScriptedSource source && clock instanceof ScriptedClock scripted) {
      return new ScriptedSourceOperator(source.script(), scripted, output);
    }
    if (input != null) {
      return createBehindEdge(step, input, output);
    }
    throw new IllegalStateException("No operator for " + step);
  }

  private Operator createBehindEdge(Step step, EdgeFormat format, Receiver output) {
    if (step instanceof Step.Redistribute) {
      return new RedistributeOperator(output);
    }
    if (step instanceof Step.GroupByKey group) {
      return GroupingOperators.create(
          mergers.bind(group), format, endsBeforeResults(group.input()), output);
    }
    if (step instanceof Step.CombinePerKey combine) {
      return GroupingOperators.create(combine, format, endsBeforeResults(combine.input()), output);
    }
    if (step instanceof Step.View view) {
      return view(view, format, output);
    }
    throw new IllegalStateException("No operator for " + step);
  }

  private Operator view(Step.View view, EdgeFormat format, Receiver output) {
    Collection elements = view.input();
    @SuppressWarnings({"unchecked", "rawtypes"}) // the void key is never looked at
    Coder<Object> keyCoder = (Coder) VoidCoder.of();
    EdgeFormat keyed = new EdgeFormat(keyCoder, format.valueCoder(), false, format.valueByObject());
    Step.GroupByKey grouping =
        new Step.GroupByKey(
            view.transform(),
            new Collection(
                elements.id(),
                KvCoder.of(VoidCoder.of(), elements.coder()),
                elements.windowing(),
                elements.bounded()));
    ViewPublisher publisher = new ViewPublisher(elements.coder(), output);
    return new ViewOperator(
        GroupingOperators.create(grouping, keyed, endsBeforeResults(elements), publisher),
        keyed,
        publisher);
  }

  private boolean endsBeforeResults(Collection collection) {
    return collection.bounded() && !streaming && !takesCheckpoints;
  }
}
