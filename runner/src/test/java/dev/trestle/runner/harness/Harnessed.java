package dev.trestle.runner.harness;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardProtocols;
import org.apache.beam.model.pipeline.v1.RunnerApi.TimerFamilySpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** Makes harness steps of the steps of a graph that call an {@link InHarness}. */
public final class Harnessed {

  static final String FN = "fn";
  static final String URN = "test:fn";
  static final String INPUT = "in";

  /** The timer family through which windows expire. */
  static final String EXPIRATION = "expiration";

  private Harnessed() {}

  /** The same graph, with workers to do a part of it. */
  public static OperatorGraph of(OperatorGraph graph) {
    List<Stage> stages = new ArrayList<>();
    for (Stage stage : graph.stages()) {
      List<Node> nodes = stage.nodes().stream().map(n -> of(graph, n)).toList();
      stages.add(new Stage(stage.id(), stage.name(), stage.distribution(), nodes, stage.inputs()));
    }
    return new OperatorGraph(stages, graph.edges());
  }

  private static Node of(OperatorGraph graph, Node node) {
    if (node.step() instanceof Step.ParDo parDo
        && parDo.fn().template() instanceof InHarness<?, ?> fn) {
      Step step = new Step.Harness(parDo.transform(), parDo.input(), spec(graph, parDo, node, fn));
      return new Node(node.index(), step, node.outputs(), node.sideInputs());
    }
    if (node.step() instanceof Step.StatefulParDo parDo
        && parDo.fn().template() instanceof InHarness.Keyed<?, ?, ?> fn) {
      Step step = new Step.Harness(parDo.transform(), parDo.input(), keyedSpec(parDo, node, fn));
      return new Node(node.index(), step, node.outputs(), node.sideInputs());
    }
    if (node.step() instanceof Step.ProcessSizedElements process
        && process.fn().template() instanceof InHarness.Splittable<?, ?> fn) {
      List<Collection> outputs = node.outputs().stream().map(Node.Output::collection).toList();
      Step step = splittableStep(process.transform(), process.input(), outputs, fn.fn());
      return new Node(node.index(), step, node.outputs(), node.sideInputs());
    }
    return node;
  }

  /** A step that processes sized restrictions. */
  static Step.Harness splittableStep(
      TransformName name, Collection input, List<Collection> outputs, HarnessFn.Splittable fn) {
    FakeTask task = FakeTask.of(fn, input, outputs, List.of());
    FakeTask truncate = FakeTask.of(Harnessed::truncate, input, List.of(input), List.of());
    HarnessSpec spec = spec(name, task, List.of(), List.of(), List.of());
    return new Step.Harness(
        name,
        input,
        new HarnessSpec(
            spec.environment(),
            spec.descriptor(),
            spec.inputPort(),
            spec.outputPorts(),
            spec.sideInputs(),
            spec.userStates(),
            spec.timerFamilies(),
            FN,
            new HarnessSpec.Truncation(descriptor(name, truncate), INPUT, output(0)),
            spec.requiresStableInput(),
            spec.requiresTimeSortedInput()));
  }

  /** Leaves of a restriction its next two positions. */
  private static void truncate(WindowedValue<Object> sized, HarnessCalls calls) {
    KV<?, ?> pair = (KV<?, ?>) ((KV<?, ?>) sized.getValue()).getKey();
    KV<?, ?> restricted = (KV<?, ?>) pair.getValue();
    OffsetRange range = (OffsetRange) restricted.getKey();
    OffsetRange left =
        new OffsetRange(range.getFrom(), Math.min(range.getTo(), range.getFrom() + 2));
    calls.output(
        0, sized.withValue(KV.of(KV.of(pair.getKey(), KV.of(left, restricted.getValue())), 2.0)));
  }

  /** A step with one output, of the same collection as its input. */
  static Step.Harness step(TransformName name, Collection collection, HarnessFn fn) {
    FakeTask task = FakeTask.of(fn, collection, List.of(collection), List.of());
    return new Step.Harness(name, collection, spec(name, task, List.of(), List.of(), List.of()));
  }

  private static HarnessSpec spec(
      OperatorGraph graph, Step.ParDo parDo, Node node, InHarness<?, ?> fn) {
    List<Collection> outputs = node.outputs().stream().map(Node.Output::collection).toList();
    List<HarnessSpec.SideInput> sideInputs = new ArrayList<>();
    for (Node.SideInput each : node.sideInputs()) {
      sideInputs.add(sideInput(each, sideInputs.size(), graph.edges().get(each.edge())));
    }
    List<Collection> sides = sideInputs.stream().map(HarnessSpec.SideInput::elements).toList();
    FakeTask task = FakeTask.of(fn.fn(), parDo.input(), outputs, sides);
    return spec(parDo.transform(), task, sideInputs, List.of(), List.of());
  }

  private static HarnessSpec keyedSpec(
      Step.StatefulParDo parDo, Node node, InHarness.Keyed<?, ?, ?> fn) {
    List<Collection> outputs = node.outputs().stream().map(Node.Output::collection).toList();
    FakeTask task = FakeTask.of(fn.fn(), parDo.input(), outputs, List.of());
    return keyedSpec(parDo.transform(), task, fn.cells(), fn.timers());
  }

  /** A step with state and timers, and one output. */
  static Step.Harness keyedStep(
      TransformName name,
      Collection input,
      Collection output,
      HarnessFn.Keyed fn,
      List<String> cells,
      Map<String, TimeDomain> timers) {
    FakeTask task = FakeTask.of(fn, input, List.of(output), List.of());
    return new Step.Harness(name, input, keyedSpec(name, task, cells, timers));
  }

  /** The same step for input in the order of its timestamps. */
  static Step.Harness sorted(Step.Harness step) {
    HarnessSpec spec = step.spec();
    return new Step.Harness(
        step.transform(),
        step.input(),
        new HarnessSpec(
            spec.environment(),
            spec.descriptor(),
            spec.inputPort(),
            spec.outputPorts(),
            spec.sideInputs(),
            spec.userStates(),
            spec.timerFamilies(),
            null,
            null,
            false,
            true));
  }

  private static HarnessSpec keyedSpec(
      TransformName name, FakeTask task, List<String> cells, Map<String, TimeDomain> timers) {
    List<HarnessSpec.UserState> states = new ArrayList<>();
    for (String cell : cells) {
      states.add(
          new HarnessSpec.UserState(FN, cell, RunnerApi.StateSpec.getDefaultInstance(), null));
    }
    List<HarnessSpec.TimerFamily> families = new ArrayList<>();
    timers.forEach(
        (family, domain) ->
            families.add(
                new HarnessSpec.TimerFamily(
                    FN,
                    family,
                    TimerFamilySpec.newBuilder()
                        .setTimeDomain(
                            domain == TimeDomain.PROCESSING_TIME
                                ? RunnerApi.TimeDomain.Enum.PROCESSING_TIME
                                : RunnerApi.TimeDomain.Enum.EVENT_TIME)
                        .build(),
                    task.timers(),
                    family.equals(EXPIRATION))));
    return spec(name, task, List.of(), states, families);
  }

  private static HarnessSpec spec(
      TransformName name,
      FakeTask task,
      List<HarnessSpec.SideInput> sideInputs,
      List<HarnessSpec.UserState> cells,
      List<HarnessSpec.TimerFamily> timers) {
    List<String> ports = new ArrayList<>();
    for (int i = 0; i < task.outputs().size(); i++) {
      ports.add(output(i));
    }
    return new HarnessSpec(
        Environment.newBuilder()
            .setUrn("test:environment")
            .addCapabilities(BeamUrns.getUrn(StandardProtocols.Enum.PROGRESS_REPORTING))
            .build(),
        descriptor(name, task),
        INPUT,
        ports,
        sideInputs,
        cells,
        timers,
        null,
        null,
        false,
        false);
  }

  private static ProcessBundleDescriptor descriptor(TransformName name, FakeTask task) {
    return ProcessBundleDescriptor.newBuilder()
        .putTransforms(
            FN,
            PTransform.newBuilder()
                .setUniqueName(name.fullName())
                .setSpec(
                    FunctionSpec.newBuilder()
                        .setUrn(URN)
                        .setPayload(
                            ByteString.copyFrom(SerializableUtils.serializeToByteArray(task))))
                .build())
        .build();
  }

  private static HarnessSpec.SideInput sideInput(Node.SideInput of, int number, Edge edge) {
    Collection panes = edge.collection();
    Coder<?> coder = ((IterableCoder<?>) panes.coder()).getElemCoder();
    return new HarnessSpec.SideInput(
        of.tag(),
        FN,
        side(number),
        coder instanceof KvCoder
            ? Materializations.MULTIMAP_MATERIALIZATION_URN
            : Materializations.ITERABLE_MATERIALIZATION_URN,
        new Collection(panes.id() + " elements", coder, panes.windowing(), panes.bounded()),
        null);
  }

  /** The local name of a side input. */
  static String side(int number) {
    return "side " + number;
  }

  /** The name of an output port. */
  static String output(int number) {
    return "out " + number;
  }
}
