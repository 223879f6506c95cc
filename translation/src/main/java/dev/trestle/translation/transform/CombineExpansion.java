package dev.trestle.translation.transform;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.CombinePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * Replaces combines of SDK harnesses by parts that pre-aggregate before their elements are grouped:
 *
 * <pre>
 *   precombine -> GroupByKey of accumulators -> merge accumulators -> extract outputs
 * </pre>
 *
 * Where elements may not be pre-aggregated ({@link CombineLifting}) a combine is left to the parts
 * that its SDK has given it, a grouping and a transform of the groups; if it has none, every
 * element becomes an accumulator of its own.
 */
public final class CombineExpansion {
  private final Components.Builder components;
  private final Predicate<Environment> thisJvm;

  private CombineExpansion(Components.Builder components, Predicate<Environment> thisJvm) {
    this.components = components;
    this.thisJvm = thisJvm;
  }

  /**
   * The pipeline with its combines in parts.
   *
   * @param thisJvm whether the fns of an environment can be called in this JVM
   * @throws IOException if a payload cannot be read
   */
  public static RunnerApi.Pipeline expand(
      RunnerApi.Pipeline pipeline, Predicate<Environment> thisJvm) throws IOException {
    Components.Builder components = pipeline.getComponents().toBuilder();
    CombineExpansion expansion = new CombineExpansion(components, thisJvm);
    boolean any = false;
    for (Map.Entry<String, PTransform> entry :
        new TreeMap<>(pipeline.getComponents().getTransformsMap()).entrySet()) {
      any |= expansion.expand(entry.getKey(), entry.getValue());
    }
    return any ? pipeline.toBuilder().setComponents(components).build() : pipeline;
  }

  private boolean expand(String id, PTransform combine) throws IOException {
    if (!combine.getSpec().getUrn().equals(PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN)
        || thisJvm.test(
            components.getEnvironmentsOrDefault(
                combine.getEnvironmentId(), Environment.getDefaultInstance()))
        || combine.getInputsCount() != 1
        || combine.getOutputsCount() != 1) {
      return false;
    }
    CombinePayload payload = CombinePayload.parseFrom(combine.getSpec().getPayload());
    String inputId = combine.getInputsMap().values().iterator().next();
    PCollection input = components.getPcollectionsOrThrow(inputId);
    RunnerApi.Coder coder = components.getCodersOrThrow(input.getCoderId());
    if (payload.getAccumulatorCoderId().isEmpty()
        || !coder.getSpec().getUrn().equals(ModelCoders.KV_CODER_URN)) {
      return false;
    }
    boolean lifted =
        CombineLifting.allowed(
            components.getWindowingStrategiesOrThrow(input.getWindowingStrategyId()),
            input.getIsBounded() != IsBounded.Enum.UNBOUNDED);
    if (!lifted && combine.getSubtransformsCount() > 0) {
      return false;
    }
    String keyCoderId = ModelCoders.getKvCoderComponents(coder).keyCoderId();
    new Parts(id, combine, inputId, input).add(lifted, keyCoderId, payload.getAccumulatorCoderId());
    return true;
  }

  /** The parts of one combine. */
  private final class Parts {
    private final String id;
    private final PTransform combine;
    private final String inputId;
    private final PCollection input;
    private final PTransform.Builder composite;

    Parts(String id, PTransform combine, String inputId, PCollection input) {
      this.id = id;
      this.combine = combine;
      this.inputId = inputId;
      this.input = input;
      composite = combine.toBuilder().clearSpec().clearSubtransforms();
    }

    void add(boolean lifted, String keyCoderId, String accumulatorCoderId) {
      String outputId = combine.getOutputsMap().values().iterator().next();
      PCollection output = components.getPcollectionsOrThrow(outputId);
      String accumulatorsCoder = coder("accumulators", keyCoderId, accumulatorCoderId);
      String groupsCoder =
          coder("groups", keyCoderId, iterableCoder("accumulatorIterable", accumulatorCoderId));
      String accumulators = collection("accumulators", input, accumulatorsCoder);
      String groups = collection("groups", output, groupsCoder);
      String merged = collection("merged", output, accumulatorsCoder);
      transform(
          lifted ? "Precombine" : "ConvertToAccumulators",
          lifted
              ? PTransformTranslation.COMBINE_PER_KEY_PRECOMBINE_TRANSFORM_URN
              : PTransformTranslation.COMBINE_PER_KEY_CONVERT_TO_ACCUMULATORS_TRANSFORM_URN,
          inputId,
          accumulators);
      transform("Group", PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN, accumulators, groups);
      transform(
          "MergeAccumulators",
          PTransformTranslation.COMBINE_PER_KEY_MERGE_ACCUMULATORS_TRANSFORM_URN,
          groups,
          merged);
      transform(
          "ExtractOutputs",
          PTransformTranslation.COMBINE_PER_KEY_EXTRACT_OUTPUTS_TRANSFORM_URN,
          merged,
          outputId);
      components.putTransforms(id, composite.build());
    }

    private void transform(String part, String urn, String from, String to) {
      boolean groups = urn.equals(PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN);
      FunctionSpec.Builder spec = FunctionSpec.newBuilder().setUrn(urn);
      if (!groups) {
        spec.setPayload(combine.getSpec().getPayload());
      }
      components.putTransforms(
          id(part),
          PTransform.newBuilder()
              .setUniqueName(combine.getUniqueName() + "/" + part)
              .setSpec(spec)
              .putInputs("in", from)
              .putOutputs("out", to)
              .setEnvironmentId(groups ? "" : combine.getEnvironmentId())
              .build());
      composite.addSubtransforms(id(part));
    }

    /** Adds a collection in the windows of another one. */
    private String collection(String part, PCollection like, String coderId) {
      components.putPcollections(
          id(part),
          like.toBuilder()
              .setUniqueName(combine.getUniqueName() + "/" + part)
              .setCoderId(coderId)
              .build());
      return id(part);
    }

    private String coder(String part, String keyCoderId, String valueCoderId) {
      components.putCoders(id(part), ModelCoders.kvCoder(keyCoderId, valueCoderId));
      return id(part);
    }

    private String iterableCoder(String part, String elementCoderId) {
      components.putCoders(
          id(part),
          RunnerApi.Coder.newBuilder()
              .setSpec(FunctionSpec.newBuilder().setUrn(ModelCoders.ITERABLE_CODER_URN))
              .addComponentCoderIds(elementCoderId)
              .build());
      return id(part);
    }

    private String id(String part) {
      return "trestle:" + id + "/" + part;
    }
  }
}
