package dev.trestle.runner.compatibility;

import dev.trestle.runner.checkpoint.SnapshotNames;
import dev.trestle.runner.compatibility.Part.Role;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.DoFnSpec;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.graph.Stage;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;

/** Says of a graph what decides whether it can go on from a checkpoint. */
public final class PipelineDescriber {

  private PipelineDescriber() {}

  /** Describes all steps of a graph, and its side inputs. */
  public static PipelineDescription describe(OperatorGraph graph) {
    List<StepDescription> steps = new ArrayList<>();
    for (Stage stage : graph.stages()) {
      for (Node node : stage.nodes()) {
        steps.add(new StepDescription(SnapshotNames.ofStep(node), parts(node.step())));
      }
    }
    for (Edge edge : graph.edges()) {
      if (edge.kind() == Edge.Kind.BROADCAST) {
        Collection panes = edge.collection();
        steps.add(
            new StepDescription(
                SnapshotNames.ofSideInput(panes),
                List.of(
                    Identities.part(Role.ELEMENT_CODER, panes.coder()),
                    Identities.windowing(panes.windowing()))));
      }
    }
    return new PipelineDescription(steps);
  }

  private static List<Part> parts(Step step) {
    if (step instanceof Step.GroupByKey group) {
      return keyed(group.input(), Role.ELEMENT_CODER, valueCoder(group.input()));
    }
    if (step instanceof Step.CombinePerKey combine) {
      return keyed(combine.input(), Role.ACCUMULATOR_CODER, combine.accumulatorCoder());
    }
    if (step instanceof Step.StatefulParDo stateful) {
      List<Part> parts = keyed(stateful.input(), Role.ELEMENT_CODER, valueCoder(stateful.input()));
      addCells(stateful.fn(), parts);
      return parts;
    }
    if (step instanceof Step.View view) {
      return elements(view.input());
    }
    if (step instanceof Step.ParDo parDo) {
      boolean waits = !parDo.fn().views().isEmpty() || parDo.fn().requiresStableInput();
      return waits ? elements(parDo.input()) : List.of();
    }
    if (step instanceof Step.Harness harness) {
      return harness(harness.input(), harness.spec());
    }
    if (step instanceof Step.ProcessSizedElements sized) {
      return elements(sized.input());
    }
    if (step instanceof Step.BoundedRead read) {
      return List.of(source(read.source()));
    }
    if (step instanceof Step.UnboundedRead read) {
      return List.of(source(read.source()), mark(read.source()));
    }
    return List.of();
  }

  private static List<Part> harness(Collection input, HarnessSpec spec) {
    if (spec.stateful()) {
      List<Part> parts = keyed(input, Role.ELEMENT_CODER, valueCoder(input));
      new HarnessDescriber(spec).addCells(parts);
      return parts;
    }
    boolean waits =
        !spec.sideInputs().isEmpty() || spec.requiresStableInput() || spec.restrictions() != null;
    return waits ? elements(input) : List.of();
  }

  private static List<Part> keyed(Collection input, Role role, Coder<?> coder) {
    List<Part> parts = new ArrayList<>();
    if (input.coder() instanceof KvCoder<?, ?> pairs) {
      parts.add(Identities.part(Role.KEY_CODER, pairs.getKeyCoder()));
    }
    parts.add(Identities.part(role, coder));
    parts.add(Identities.windowing(input.windowing()));
    return parts;
  }

  private static Coder<?> valueCoder(Collection input) {
    return input.coder() instanceof KvCoder<?, ?> pairs ? pairs.getValueCoder() : input.coder();
  }

  private static List<Part> elements(Collection input) {
    return List.of(
        Identities.part(Role.ELEMENT_CODER, input.coder()),
        Identities.windowing(input.windowing()));
  }

  /** A snapshot has the splits in Java's serialized form. */
  private static Part source(Object source) {
    return new Part(
        Role.SOURCE, "", source.getClass().getName(), Identities.ofClass(source.getClass()));
  }

  private static Part mark(UnboundedSource<?, ?> source) {
    return Identities.part(Role.MARK_CODER, source.getCheckpointMarkCoder());
  }

  private static void addCells(DoFnSpec fn, List<Part> parts) {
    DoFnSignature signature = fn.signature();
    new TreeMap<>(signature.stateDeclarations())
        .forEach(
            (id, declared) -> {
              StateSpec<?> spec = DoFnSignatures.getStateSpecOrThrow(declared, fn.template());
              parts.add(spec.match(new CellDescriber(id)));
            });
    Map<String, TimeDomain> timers = new TreeMap<>();
    signature
        .timerDeclarations()
        .forEach(
            (id, declared) ->
                timers.put(
                    id,
                    DoFnSignatures.getTimerSpecOrThrow(declared, fn.template()).getTimeDomain()));
    signature
        .timerFamilyDeclarations()
        .forEach(
            (id, declared) ->
                timers.put(
                    id,
                    DoFnSignatures.getTimerFamilySpecOrThrow(declared, fn.template())
                        .getTimeDomain()));
    timers.forEach(
        (id, domain) -> parts.add(new Part(Role.TIMER, id, domain.name(), domain.name())));
  }
}
