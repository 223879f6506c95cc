package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.rehydrate.CombineFns;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.steps.Vertex.Port;
import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi.CombinePayload;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;

/** Transforms that bring elements together: groupings, combines, redistributions. */
final class Groupings {
  /** Not for instances. */
  private Groupings() {}

  static void groupByKey(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Collection input = transform.onlyInput();
    if (transform.keyed(input)) {
      steps.step(
          Entry.KEYED,
          new Step.GroupByKey(transform.name(), input, transform.merging(input)),
          input,
          transform.onlyOutput());
    }
  }

  static void combinePerKey(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Collection input = transform.onlyInput();
    if (!transform.keyed(input)) {
      return;
    }
    CombinePayload payload = CombinePayload.parseFrom(transform.payload());
    GlobalCombineFn<?, ?, ?> fn = CombineFns.read(payload);
    Coder<?> accumulatorCoder = transform.components().coder(payload.getAccumulatorCoderId());
    boolean lifted = CombineLifting.allowed(input);
    Collection grouped = input;
    if (lifted) {
      grouped = accumulators(transform, input, accumulatorCoder);
      steps.step(
          Entry.FUSED,
          new Step.Precombine(inner(transform, "precombine"), input, fn, accumulatorCoder),
          input,
          new Port("accumulators", grouped));
    }
    steps.step(
        Entry.KEYED,
        new Step.CombinePerKey(transform.name(), grouped, fn, accumulatorCoder, lifted),
        grouped,
        transform.onlyOutput());
  }

  static void combineGroupedValues(AppliedTransform transform, StepGraphBuilder steps)
      throws IOException {
    Collection input = transform.onlyInput();
    CombinePayload payload = CombinePayload.parseFrom(transform.payload());
    steps.step(
        Entry.FUSED,
        new Step.CombineGroupedValues(transform.name(), input, CombineFns.read(payload)),
        input,
        transform.onlyOutput());
  }

  static void redistribute(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    addRedistribute(Entry.REBALANCE, transform, steps);
  }

  static void redistributeByKey(AppliedTransform transform, StepGraphBuilder steps)
      throws IOException {
    if (transform.keyed(transform.onlyInput())) {
      addRedistribute(Entry.KEYED, transform, steps);
    }
  }

  private static void addRedistribute(
      Entry entry, AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Collection input = transform.onlyInput();
    steps.step(
        entry, new Step.Redistribute(transform.name(), input), input, transform.onlyOutput());
  }

  /** What goes over the edge of a lifted combine. */
  private static Collection accumulators(
      AppliedTransform transform, Collection input, Coder<?> accumulatorCoder) {
    Coder<?> keyCoder = ((KvCoder<?, ?>) input.coder()).getKeyCoder();
    return new Collection(
        inner(transform, "accumulators").id(),
        KvCoder.of(keyCoder, accumulatorCoder),
        input.windowing(),
        input.bounded());
  }

  private static TransformName inner(AppliedTransform transform, String part) {
    return new TransformName(transform.name().id() + "/" + part, transform.name().fullName());
  }
}
