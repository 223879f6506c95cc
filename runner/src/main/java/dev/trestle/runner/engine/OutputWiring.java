package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.BroadcastEdgeWriter;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.exchange.EdgeWriter;
import dev.trestle.runner.exchange.KeyedEdgeWriter;
import dev.trestle.runner.exchange.RebalancingEdgeWriter;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.metrics.ElementCount;
import dev.trestle.runner.operator.ImmutabilityCheck;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the operators of one task, from the last to the first, each with who takes its output. */
final class OutputWiring {

  private final OperatorGraph graph;
  private final EngineSettings settings;
  private final Scheduler scheduler;
  private final Topology topology;
  private final int taskIndex;
  private final TaskContext context;
  private final List<ElementCount> counts = new ArrayList<>();
  private final Map<Integer, EdgeWriter> writers = new LinkedHashMap<>();

  OutputWiring(
      OperatorGraph graph,
      EngineSettings settings,
      Scheduler scheduler,
      Topology topology,
      TaskContext context,
      int taskIndex) {
    this.graph = graph;
    this.settings = settings;
    this.scheduler = scheduler;
    this.topology = topology;
    this.context = context;
    this.taskIndex = taskIndex;
  }

  /** The operators of a stage, in the order of its nodes. */
  List<Operator> wire(Stage stage, StageFactory factory) {
    @Nullable Operator[] operators = new @Nullable Operator[stage.nodes().size()];
    for (int i = operators.length - 1; i >= 0; i--) {
      Node node = stage.nodes().get(i);
      List<Receiver> outputs = new ArrayList<>();
      for (Node.Output output : node.outputs()) {
        outputs.add(receiver(node, output, operators));
      }
      if (i == 0 && stage.inputs().isEmpty() && outputs.size() == 1) {
        outputs.set(0, counted(node, outputs.get(0)));
      }
      operators[i] = factory.create(node, outputs);
    }
    List<Operator> wired = new ArrayList<>();
    for (Operator operator : operators) {
      wired.add(made(operator));
    }
    return wired;
  }

  private Receiver counted(Node source, Receiver output) {
    ElementCount count =
        new ElementCount(
            context.of(0).metrics(), source.outputs().get(0).collection().id(), output);
    counts.add(count);
    return count;
  }

  /** The writers of all edges that leave the stage, and counts of what the task's source reads. */
  TaskOutputs made() {
    return new TaskOutputs(List.copyOf(writers.values()), counts);
  }

  private Receiver receiver(Node node, Node.Output output, @Nullable Operator[] operators) {
    List<Receiver> receivers = new ArrayList<>();
    for (int consumer : output.consumers()) {
      Operator operator = made(operators[consumer]);
      receivers.add(
          settings.checkImmutability()
              ? new ImmutabilityCheck(
                  operator, output.collection().coder(), node.step().transform().fullName())
              : operator);
    }
    for (int edge : output.edges()) {
      receivers.add(writers.computeIfAbsent(edge, id -> writer(graph.edges().get(id))));
    }
    return Fanout.to(receivers);
  }

  private static Operator made(@Nullable Operator operator) {
    if (operator == null) {
      throw new IllegalStateException("The nodes of a stage are not in topological order");
    }
    return operator;
  }

  private EdgeWriter writer(Edge edge) {
    List<SingleWriterChannel> channels = topology.outlets(edge.id(), taskIndex);
    return switch (edge.kind()) {
      case KEYED ->
          new KeyedEdgeWriter(EdgeFormat.of(edge), channels, scheduler, settings.keyGroups());
      case REBALANCE ->
          new RebalancingEdgeWriter(
              EdgeFormat.of(edge), channels, scheduler, taskIndex, batchSize(edge));
      case FORWARD ->
          new RebalancingEdgeWriter(
              EdgeFormat.of(edge), channels, scheduler, taskIndex, Integer.MAX_VALUE);
      case BROADCAST -> new BroadcastEdgeWriter(channels, scheduler);
    };
  }

  /** Restrictions are heavy: each is a share of the work, not an element of it. */
  private int batchSize(Edge edge) {
    Step reader = graph.stages().get(edge.to()).root().step();
    boolean restrictions =
        reader instanceof Step.ProcessSizedElements
            || (reader instanceof Step.Harness harness && harness.spec().restrictions() != null);
    return restrictions ? 1 : Integer.MAX_VALUE;
  }
}
