package dev.trestle.translation.fusion;

import dev.trestle.translation.fusion.StageDraft.NodeDraft;
import dev.trestle.translation.fusion.StageDraft.OutputDraft;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.steps.Vertex;
import dev.trestle.translation.steps.Vertex.Read;
import dev.trestle.translation.steps.Vertex.ViewRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Pours steps into stages and joins these by edges. */
final class StageAssembly {

  /** There is one edge at most from one stage to another: a view is read by broadcast only. */
  private record Channel(int from, int to) {}

  private final CutGraph graph;
  private final Map<Integer, StageDraft> stageByRoot = new LinkedHashMap<>();
  private final List<Edge> edges = new ArrayList<>();
  private final Map<Channel, Edge> edgeByChannel = new HashMap<>();

  private StageAssembly(CutGraph graph) {
    this.graph = graph;
  }

  static OperatorGraph assemble(CutGraph graph) {
    return new StageAssembly(graph).assemble();
  }

  private OperatorGraph assemble() {
    for (int root : graph.precedence().order()) {
      stageByRoot.put(root, new StageDraft(stageByRoot.size(), graph.steps().vertex(root)));
    }
    for (Vertex vertex : graph.steps().vertices()) {
      place(vertex);
      connect(vertex);
    }
    return new OperatorGraph(stageByRoot.values().stream().map(StageDraft::finish).toList(), edges);
  }

  /** Puts a step into each of its stages. */
  private void place(Vertex vertex) {
    for (StageDraft stage : stagesOf(vertex)) {
      NodeDraft node = stage.add(vertex);
      for (ViewRead view : vertex.views()) {
        node.sides().add(new Node.SideInput(view.tag(), broadcast(view.vertex(), stage).id()));
      }
    }
  }

  /** Lets everything that a step reads know of it. */
  private void connect(Vertex vertex) {
    for (Read read : vertex.reads()) {
      for (StageDraft stage : stagesOf(graph.steps().vertex(read.vertex()))) {
        OutputDraft output = stage.node(read.vertex()).outputs().get(read.port());
        if (vertex.root()) {
          output.edges().add(edgeToRoot(stage, vertex).id());
        } else {
          output.consumers().add(stage.node(vertex.id()).index());
        }
      }
    }
  }

  /** The edge that brings a view to a stage. */
  private Edge broadcast(int view, StageDraft to) {
    StageDraft from = stage(view);
    Edge known = edgeByChannel.get(new Channel(from.id(), to.id()));
    if (known != null) {
      return known;
    }
    OutputDraft panes = from.node(view).outputs().get(0);
    Edge edge = newEdge(Edge.Kind.BROADCAST, from, to, panes.collection());
    panes.edges().add(edge.id());
    return edge;
  }

  /** The edge that leads from a stage to a root. */
  private Edge edgeToRoot(StageDraft from, Vertex root) {
    StageDraft to = stage(root.id());
    Edge known = edgeByChannel.get(new Channel(from.id(), to.id()));
    if (known != null) {
      return known;
    }
    Edge edge = newEdge(kindTo(root), from, to, Objects.requireNonNull(root.input()));
    to.addInput(edge.id());
    return edge;
  }

  private static Edge.Kind kindTo(Vertex root) {
    return switch (root.entry()) {
      case KEYED -> Edge.Kind.KEYED;
      case REBALANCE -> Edge.Kind.REBALANCE;
      case FORWARD -> Edge.Kind.FORWARD;
      case SOURCE, FUSED -> throw new IllegalStateException("Reads no edge: " + root.step());
    };
  }

  private Edge newEdge(Edge.Kind kind, StageDraft from, StageDraft to, Collection collection) {
    Edge edge = new Edge(edges.size(), kind, from.id(), to.id(), collection);
    edges.add(edge);
    edgeByChannel.put(new Channel(from.id(), to.id()), edge);
    return edge;
  }

  private List<StageDraft> stagesOf(Vertex vertex) {
    return graph.roots().of(vertex.id()).stream().map(this::stage).toList();
  }

  private StageDraft stage(int root) {
    return Objects.requireNonNull(stageByRoot.get(root));
  }
}
