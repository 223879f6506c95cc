package dev.trestle.translation.print;

import com.google.errorprone.annotations.FormatMethod;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import java.util.Locale;

/**
 * Prints a graph as indented text:
 *
 * <pre>
 * stage 1 KEYED Count +1
 *   in   edge 0 keyed from stage 0: Kv(StringUtf8,VarLong)
 *   0 CombinePerKey(Count, lifted) "Count"
 *     -> 1
 *   1 ParDo(Format) "Format"
 *     -> nobody
 * </pre>
 */
public final class GraphPrinter {
  private final OperatorGraph graph;
  private final StringBuilder text = new StringBuilder();

  private GraphPrinter(OperatorGraph graph) {
    this.graph = graph;
  }

  public static String print(OperatorGraph graph) {
    return new GraphPrinter(graph).print();
  }

  private String print() {
    for (Stage stage : graph.stages()) {
      line("stage %d %s %s", stage.id(), stage.distribution(), stage.name());
      stage.inputs().forEach(input -> printInput("in  ", graph.edges().get(input)));
      stage.nodes().forEach(this::printNode);
    }
    return text.toString();
  }

  private void printInput(String role, Edge edge) {
    line(
        "  %s edge %d %s from stage %d: %s",
        role, edge.id(), Labels.kind(edge), edge.from(), Labels.coder(edge.collection().coder()));
  }

  private void printNode(Node node) {
    line(
        "  %d %s \"%s\"",
        node.index(), Labels.step(node.step()), node.step().transform().fullName());
    for (Node.SideInput side : node.sideInputs()) {
      printInput("  side", graph.edges().get(side.edge()));
    }
    for (Node.Output output : node.outputs()) {
      String tag = node.outputs().size() == 1 ? "" : output.tag() + " ";
      line("    %s-> %s", tag, readers(output));
    }
  }

  private String readers(Node.Output output) {
    StringBuilder readers = new StringBuilder();
    for (int consumer : output.consumers()) {
      readers.append(readers.isEmpty() ? "" : ", ").append(consumer);
    }
    for (int edge : output.edges()) {
      readers.append(readers.isEmpty() ? "" : ", ").append("edge ").append(edge);
      readers.append(" to stage ").append(graph.edges().get(edge).to());
    }
    return readers.isEmpty() ? "nobody" : readers.toString();
  }

  @FormatMethod
  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
