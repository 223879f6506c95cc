package dev.trestle.translation.fusion;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Stage.Distribution;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.Vertex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A stage while it is filled. */
final class StageDraft {

  /** A node while its readers are found. */
  record NodeDraft(int index, Step step, List<OutputDraft> outputs, List<Node.SideInput> sides) {
    Node finish() {
      return new Node(index, step, outputs.stream().map(OutputDraft::finish).toList(), sides);
    }
  }

  /** An output while its readers are found. */
  record OutputDraft(
      String tag, Collection collection, List<Integer> consumers, List<Integer> edges) {
    Node.Output finish() {
      return new Node.Output(tag, collection, consumers, edges);
    }
  }

  private final int id;
  private final Vertex root;
  private final Map<Integer, NodeDraft> nodes = new LinkedHashMap<>();
  private final List<Integer> inputs = new ArrayList<>();

  StageDraft(int id, Vertex root) {
    this.id = id;
    this.root = root;
  }

  int id() {
    return id;
  }

  /** The node of a step that was added. */
  NodeDraft node(int vertex) {
    return Objects.requireNonNull(nodes.get(vertex));
  }

  /** Adds a step; steps come in topological order, the root first. */
  NodeDraft add(Vertex vertex) {
    List<OutputDraft> outputs = new ArrayList<>();
    for (Vertex.Port port : vertex.ports()) {
      outputs.add(
          new OutputDraft(port.tag(), port.collection(), new ArrayList<>(), new ArrayList<>()));
    }
    NodeDraft node = new NodeDraft(nodes.size(), vertex.step(), outputs, new ArrayList<>());
    nodes.put(vertex.id(), node);
    return node;
  }

  /** Adds an edge that leads to the root. */
  void addInput(int edge) {
    inputs.add(edge);
  }

  Stage finish() {
    String first = root.step().transform().fullName();
    String name = nodes.size() == 1 ? first : first + " +" + (nodes.size() - 1);
    return new Stage(
        id, name, distribution(), nodes.values().stream().map(NodeDraft::finish).toList(), inputs);
  }

  private Distribution distribution() {
    if (root.entry() == Entry.KEYED) {
      return Distribution.KEYED;
    }
    Step step = root.step();
    boolean single =
        step instanceof Step.Impulse
            || step instanceof Step.ScriptedSource
            || step instanceof Step.Empty
            || step instanceof Step.View;
    return single ? Distribution.SINGLE : Distribution.PARALLEL;
  }
}
