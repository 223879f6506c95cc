package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.harness.HarnessFusion;
import dev.trestle.translation.harness.HarnessSpecs;
import dev.trestle.translation.harness.HarnessSpecs.Output;
import dev.trestle.translation.harness.HarnessStage;
import dev.trestle.translation.harness.SdkTransform;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.steps.StepGraphBuilder.SideInput;
import dev.trestle.translation.steps.Vertex.Port;
import dev.trestle.translation.validate.Problems;
import dev.trestle.translation.wire.WireComponents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * Makes steps of the transforms of SDK harnesses, when all others have been translated: only then
 * is it known which of their collections the runner reads.
 */
final class HarnessSteps {

  /** A stage and what it reads. */
  private record Draft(HarnessStage stage, Collection input, List<SideInput> sideInputs) {}

  private final WireComponents wire;
  private final CollectionForms collections;
  private final StepGraphBuilder steps;
  private final Problems problems;

  /** How many stages write a collection. */
  private final Map<String, Integer> writers = new HashMap<>();

  /** The parts of collections that more than one stage writes. */
  private final Map<Collection, List<Port>> parts = new LinkedHashMap<>();

  HarnessSteps(
      WireComponents wire, CollectionForms collections, StepGraphBuilder steps, Problems problems) {
    this.wire = wire;
    this.collections = collections;
    this.steps = steps;
    this.problems = problems;
  }

  void add(List<SdkTransform> transforms, Map<String, PTransform> flattens) {
    List<Draft> drafts = new ArrayList<>();
    for (HarnessStage stage : HarnessFusion.fuse(transforms, flattens)) {
      stage.outputs().forEach(output -> writers.merge(output, 1, Integer::sum));
      try {
        drafts.add(draft(stage));
      } catch (Exception e) { // whatever is wrong with a coder or a windowing strategy
        refuse(stage, e);
      }
    }
    for (Draft draft : drafts) {
      try {
        add(draft);
      } catch (Exception e) {
        refuse(draft.stage(), e);
      }
    }
    parts.forEach(
        (whole, ports) ->
            steps.flatten(
                new TransformName(whole.id(), whole.id()),
                ports.stream().map(port -> port.collection().id()).toList(),
                new Port("out", whole)));
  }

  private void refuse(HarnessStage stage, Exception e) {
    problems.add(
        stage.first().name().fullName(),
        "cannot be run by an SDK harness: " + e,
        "look at the coders and windows of its inputs and outputs",
        e);
  }

  private Draft draft(HarnessStage stage) throws IOException {
    SdkTransform first = stage.first();
    List<SideInput> sideInputs = new ArrayList<>();
    for (var side : new TreeMap<>(first.parDo().getSideInputsMap()).entrySet()) {
      sideInputs.add(
          new SideInput(
              side.getKey(),
              collections.readEncoded(first.proto().getInputsOrThrow(side.getKey())),
              side.getValue().getAccessPattern().getUrn()));
    }
    return new Draft(stage, collections.readEncoded(stage.input()), sideInputs);
  }

  private void add(Draft draft) throws IOException {
    HarnessStage stage = draft.stage();
    SdkTransform first = stage.first();
    SdkChecks checks = new SdkChecks(first, problems);
    if (!checks.pass(draft.input(), draft.sideInputs())) {
      return;
    }
    List<Output> outputs = new ArrayList<>();
    List<Port> ports = new ArrayList<>();
    for (String output : stage.outputs()) {
      for (String coderId : collections.wantedCoders(output)) {
        outputs.add(new Output(output, coderId));
        ports.add(port(stage, output, collections.encodedBy(output, coderId)));
      }
    }
    HarnessSpec spec = new HarnessSpecs(wire).describe(stage, outputs);
    steps.step(
        entry(first),
        new Step.Harness(first.name(), draft.input(), spec),
        draft.input(),
        ports,
        draft.sideInputs());
  }

  private Port port(HarnessStage stage, String output, Collection collection) {
    if (writers.getOrDefault(output, 0) == 1) {
      return new Port(output, collection);
    }
    Collection part =
        new Collection(
            collection.id() + " of " + stage.first().name().id(),
            collection.coder(),
            collection.windowing(),
            collection.bounded());
    Port port = new Port(output, part);
    parts.computeIfAbsent(collection, whole -> new ArrayList<>()).add(port);
    return port;
  }

  private static Entry entry(SdkTransform first) {
    if (first.isKeyed()) {
      return Entry.KEYED;
    }
    return first.processesRestrictions() ? Entry.REBALANCE : Entry.FUSED;
  }
}
