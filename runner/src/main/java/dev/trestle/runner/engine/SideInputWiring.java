package dev.trestle.runner.engine;

import dev.trestle.runner.checkpoint.RestoredJob;
import dev.trestle.runner.checkpoint.SnapshotNames;
import dev.trestle.runner.operator.SideInputs;
import dev.trestle.runner.sideinput.BroadcastInput;
import dev.trestle.runner.sideinput.ReadView;
import dev.trestle.runner.sideinput.ViewLookup;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/** Connects the steps of one task with the broadcast edges that they read. */
final class SideInputWiring {

  private final OperatorGraph graph;
  private final Topology topology;
  private final StageFactory factory;
  private final RestoredJob restored;
  private final int taskIndex;
  private final Map<Integer, BroadcastInput> inputs = new HashMap<>();
  private final List<SideInputChannels.Inlet> inlets = new ArrayList<>();

  SideInputWiring(
      OperatorGraph graph,
      Topology topology,
      StageFactory factory,
      RestoredJob restored,
      int taskIndex) {
    this.graph = graph;
    this.topology = topology;
    this.factory = factory;
    this.restored = restored;
    this.taskIndex = taskIndex;
  }

  /** The lookup for a node's side inputs. */
  SideInputs lookup(Node node) {
    if (node.sideInputs().isEmpty()) {
      return ViewLookup.none();
    }
    Reader step = read(node.step());
    List<ReadView> views = new ArrayList<>();
    List<BroadcastInput> read = new ArrayList<>();
    for (Node.SideInput sideInput : node.sideInputs()) {
      views.add(step.view(sideInput.tag()));
      read.add(inputs.computeIfAbsent(sideInput.edge(), this::open));
    }
    return ViewLookup.of(node.step().transform().fullName(), step.input().windowing(), views, read);
  }

  private BroadcastInput open(int edge) {
    Collection collection = graph.edges().get(edge).collection();
    BroadcastInput input = new BroadcastInput(strategy(graph.edges().get(edge)));
    String name = SnapshotNames.ofSideInput(collection);
    try {
      input.restore(restored.whole(name), collection.windowCoder(), elementCoder(collection));
    } catch (IOException e) {
      throw new UncheckedIOException("The " + name + " cannot be restored", e);
    }
    topology
        .inlets(edge, taskIndex)
        .forEach(
            channel ->
                inlets.add(
                    new SideInputChannels.Inlet(name, channel, input, collection.windowCoder())));
    return input;
  }

  /** The collection is one of panes. */
  private static Coder<?> elementCoder(Collection panes) {
    if (panes.coder() instanceof IterableCoder<?> iterables) {
      return iterables.getElemCoder();
    }
    throw new IllegalStateException("A broadcast edge carries panes, not " + panes.coder());
  }

  @SuppressWarnings("unchecked") // the window fn of a collection made every window in it
  private static WindowingStrategy<?, BoundedWindow> strategy(Edge edge) {
    return (WindowingStrategy<?, BoundedWindow>) edge.collection().windowing();
  }

  /** Every broadcast channel of the task. */
  List<SideInputChannels.Inlet> inlets() {
    return inlets;
  }

  private Reader read(Step step) {
    if (step instanceof Step.ParDo parDo) {
      return Reader.of(step, parDo.input(), parDo.fn());
    }
    if (step instanceof Step.StatefulParDo parDo) {
      return Reader.of(step, parDo.input(), parDo.fn());
    }
    if (step instanceof Step.PairWithRestriction pair) {
      return Reader.of(step, pair.input(), pair.fn());
    }
    if (step instanceof Step.SplitAndSizeRestrictions split) {
      return Reader.of(step, split.input(), split.fn());
    }
    if (step instanceof Step.ProcessSizedElements process) {
      return Reader.of(step, process.input(), process.fn());
    }
    if (step instanceof Step.Harness harness) {
      List<ReadView> views = new ArrayList<>();
      harness
          .spec()
          .sideInputs()
          .forEach(sideInput -> views.add(factory.view(harness, sideInput, taskIndex)));
      return new Reader(step, harness.input(), views);
    }
    throw new IllegalStateException("A step that reads no side inputs is given one: " + step);
  }

  /** What the steps that read side inputs have in common. */
  private record Reader(Step step, Collection input, List<ReadView> views) {

    static Reader of(Step step, Collection input, DoFnSpec fn) {
      List<ReadView> views = new ArrayList<>();
      fn.views().values().forEach(view -> views.add(ReadView.of(view)));
      return new Reader(step, input, views);
    }

    ReadView view(String tag) {
      return views.stream()
          .filter(view -> view.tag().equals(tag))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "No view " + tag + " in " + step.transform().fullName()));
    }
  }
}
