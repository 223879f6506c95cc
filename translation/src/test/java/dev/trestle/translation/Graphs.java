package dev.trestle.translation;

import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;

/** Questions that tests ask of a graph. */
public final class Graphs {
  private Graphs() {}

  /** A pipeline that is never run. */
  public static Pipeline pipeline(String... arguments) {
    PipelineOptions options = PipelineOptionsFactory.fromArgs(arguments).create();
    options.setRunner(CrashingRunner.class);
    return Pipeline.create(options);
  }

  /** Every step of a kind, copies included, in the order of the stages. */
  public static <S extends Step> List<S> steps(OperatorGraph graph, Class<S> kind) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .map(Node::step)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The step of a kind that exists once. */
  public static <S extends Step> S step(OperatorGraph graph, Class<S> kind) {
    List<S> steps = steps(graph, kind);
    if (steps.size() != 1) {
      throw new AssertionError("one " + kind.getSimpleName() + " expected: " + steps);
    }
    return steps.get(0);
  }

  /** The stages that a transform has a node in. */
  public static List<Stage> stages(OperatorGraph graph, String fullNamePart) {
    return graph.stages().stream().filter(stage -> nodes(stage, fullNamePart).size() > 0).toList();
  }

  /** The only stage that a transform has a node in. */
  public static Stage stage(OperatorGraph graph, String fullNamePart) {
    List<Stage> stages = stages(graph, fullNamePart);
    if (stages.size() != 1) {
      throw new AssertionError("one stage with " + fullNamePart + " expected: " + stages);
    }
    return stages.get(0);
  }

  public static List<Stage> rootedIn(OperatorGraph graph, Class<? extends Step> kind) {
    return graph.stages().stream().filter(stage -> kind.isInstance(stage.root().step())).toList();
  }

  public static List<Node> nodes(Stage stage, String fullNamePart) {
    return stage.nodes().stream()
        .filter(node -> node.step().transform().fullName().contains(fullNamePart))
        .toList();
  }

  /** The first node of a transform in the only stage that has it. */
  public static Node node(OperatorGraph graph, String fullNamePart) {
    return nodes(stage(graph, fullNamePart), fullNamePart).get(0);
  }

  public static List<Edge> inputs(OperatorGraph graph, Stage stage) {
    return stage.inputs().stream().map(graph.edges()::get).toList();
  }

  public static Set<Edge.Kind> inputKinds(OperatorGraph graph, Stage stage) {
    return inputs(graph, stage).stream().map(Edge::kind).collect(Collectors.toSet());
  }
}
