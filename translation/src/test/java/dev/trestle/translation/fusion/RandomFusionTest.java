package dev.trestle.translation.fusion;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraph;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.steps.StepGraphBuilder.SideInput;
import dev.trestle.translation.steps.Vertex;
import dev.trestle.translation.steps.Vertex.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.Materializations;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fuses random steps, with side inputs and flattens wherever they fall. The constructor of the
 * graph checks its order; here elements are counted: every source makes one, every step passes on
 * what it gets. Each step must see as many elements after fusion as before.
 */
class RandomFusionTest {
  private static final int PIPELINES = 300;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyElementReachesTheSameStepsAsBefore(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < PIPELINES; i++) {
      StepGraph steps = randomSteps(random);
      OperatorGraph graph = Fusion.fuse(steps);

      assertThat(counted(graph), equalTo(counted(steps)));
      assertThat(viewsRead(graph), equalTo(viewsRead(steps, graph)));
      assertThat(mostCopies(graph), lessThanOrEqualTo(StageCuts.MAX_COPIES));
    }
  }

  private static StepGraph randomSteps(Random random) {
    StepGraphBuilder steps = new StepGraphBuilder();
    List<Collection> collections = new ArrayList<>();
    int size = 2 + random.nextInt(60);
    for (int i = 0; i < size; i++) {
      Collection output = collection("c" + i);
      TransformName name = new TransformName("t" + i, "t" + i);
      Port port = new Port("out", output);
      int kind = collections.isEmpty() ? 0 : random.nextInt(10);
      if (kind < 2) {
        steps.source(new Step.Impulse(name), port);
      } else if (kind < 4) {
        List<String> inputs = new ArrayList<>();
        for (int n = random.nextInt(4); n >= 0; n--) {
          inputs.add(any(collections, random).id());
        }
        steps.flatten(name, inputs, port);
      } else if (kind < 5) {
        Collection input = any(collections, random);
        steps.step(Entry.KEYED, new Step.GroupByKey(name, input), input, port);
      } else {
        Collection input = any(collections, random);
        List<SideInput> sides = new ArrayList<>();
        for (int n = Math.max(0, random.nextInt(5) - 2); n > 0; n--) {
          sides.add(
              new SideInput(
                  "side" + n,
                  any(collections, random),
                  Materializations.ITERABLE_MATERIALIZATION_URN));
        }
        Step step = new Step.AssignWindows(name, input, new GlobalWindows());
        steps.step(Entry.FUSED, step, input, List.of(port), sides);
      }
      collections.add(output);
    }
    return steps.build();
  }

  private static Collection any(List<Collection> collections, Random random) {
    return collections.get(random.nextInt(collections.size()));
  }

  private static Collection collection(String id) {
    return new Collection(
        id, KvCoder.of(VoidCoder.of(), VoidCoder.of()), WindowingStrategy.globalDefault(), true);
  }

  /** Elements that each transform gets, modulo 2^64. */
  private static Map<String, Long> counted(StepGraph steps) {
    Map<String, Long> counts = new HashMap<>();
    long[] out = new long[steps.vertices().size()];
    for (Vertex vertex : steps.vertices()) {
      long count = vertex.entry() == Entry.SOURCE ? 1 : 0;
      for (Vertex.Read read : vertex.reads()) {
        count += out[read.vertex()];
      }
      out[vertex.id()] = count;
      counts.put(vertex.step().transform().id(), count);
    }
    return counts;
  }

  private static Map<String, Long> counted(OperatorGraph graph) {
    Map<String, Long> counts = new HashMap<>();
    long[] crossing = new long[graph.edges().size()];
    for (Stage stage : graph.stages()) {
      long[] in = new long[stage.nodes().size()];
      in[0] = stage.inputs().isEmpty() ? 1 : 0;
      for (int edge : stage.inputs()) {
        in[0] += crossing[edge];
      }
      for (Node node : stage.nodes()) {
        if (!node.step().transform().id().endsWith("/cut")) {
          counts.merge(node.step().transform().id(), in[node.index()], Long::sum);
        }
        for (Node.Output output : node.outputs()) {
          output.consumers().forEach(consumer -> in[consumer] += in[node.index()]);
          output.edges().forEach(edge -> crossing[edge] += in[node.index()]);
        }
      }
    }
    return counts;
  }

  /** The collections that each node reads at its side, by the stages that make them. */
  private static List<String> viewsRead(OperatorGraph graph) {
    List<String> read = new ArrayList<>();
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        for (Node.SideInput side : node.sideInputs()) {
          Edge edge = graph.edges().get(side.edge());
          Step view = graph.stages().get(edge.from()).root().step();
          read.add(node.step().transform().id() + side.tag() + view.transform().id());
        }
      }
    }
    return read.stream().sorted().toList();
  }

  private static List<String> viewsRead(StepGraph steps, OperatorGraph graph) {
    List<String> read = new ArrayList<>();
    for (Vertex vertex : steps.vertices()) {
      String id = vertex.step().transform().id();
      for (Vertex.ViewRead view : vertex.views()) {
        String one = id + view.tag() + steps.vertex(view.vertex()).step().transform().id();
        for (int copy = 0; copy < copies(graph, id); copy++) {
          read.add(one);
        }
      }
    }
    return read.stream().sorted().toList();
  }

  private static int mostCopies(OperatorGraph graph) {
    return graph.stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .mapToInt(node -> copies(graph, node.step().transform().id()))
        .max()
        .orElse(0);
  }

  private static int copies(OperatorGraph graph, String id) {
    return (int)
        graph.stages().stream()
            .filter(
                stage ->
                    stage.nodes().stream()
                        .anyMatch(node -> node.step().transform().id().equals(id)))
            .count();
  }
}
