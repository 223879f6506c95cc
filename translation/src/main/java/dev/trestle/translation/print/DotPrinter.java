package dev.trestle.translation.print;

import com.google.errorprone.annotations.FormatMethod;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import java.util.LinkedHashSet;
import java.util.Locale;

/** Prints a graph in Graphviz' DOT language: stages are boxes around their nodes. */
public final class DotPrinter {
  private final OperatorGraph graph;
  private final StringBuilder dot = new StringBuilder();

  private DotPrinter(OperatorGraph graph) {
    this.graph = graph;
  }

  public static String print(OperatorGraph graph) {
    return new DotPrinter(graph).print();
  }

  private String print() {
    line("digraph pipeline {");
    line("  node [shape=box];");
    graph.stages().forEach(this::printStage);
    graph.stages().forEach(this::printConnections);
    line("}");
    return dot.toString();
  }

  private void printStage(Stage stage) {
    line("  subgraph cluster_%d {", stage.id());
    line("    label=%s;", quoted("stage " + stage.id() + " " + stage.distribution()));
    for (Node node : stage.nodes()) {
      String label = node.step().transform().fullName() + "\n" + Labels.step(node.step());
      line("    %s [label=%s];", name(stage.id(), node.index()), quoted(label));
    }
    line("  }");
  }

  private void printConnections(Stage stage) {
    for (Node node : stage.nodes()) {
      String from = name(stage.id(), node.index());
      for (Node.Output output : node.outputs()) {
        output
            .consumers()
            .forEach(consumer -> line("  %s -> %s;", from, name(stage.id(), consumer)));
        new LinkedHashSet<>(output.edges()).forEach(id -> printToRoot(from, graph.edges().get(id)));
      }
      for (Node.SideInput side : node.sideInputs()) {
        Edge edge = graph.edges().get(side.edge());
        String label = quoted(Labels.kind(edge));
        line("  %s -> %s [label=%s, style=dashed];", name(edge.from(), 0), from, label);
      }
    }
  }

  /** A broadcast edge is drawn where it is read. */
  private void printToRoot(String from, Edge edge) {
    if (edge.kind() != Edge.Kind.BROADCAST) {
      String label = Labels.kind(edge) + "\n" + Labels.coder(edge.collection().coder());
      line("  %s -> %s [label=%s];", from, name(edge.to(), 0), quoted(label));
    }
  }

  private static String name(int stage, int node) {
    return "s" + stage + "n" + node;
  }

  private static String quoted(String label) {
    String escaped = label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return '"' + escaped + '"';
  }

  @FormatMethod
  private void line(String format, Object... arguments) {
    dot.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
