package dev.trestle.translation.rehydrate;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PCollection;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * Test streams whose collection has another coder than their script. Python makes such: of pairs,
 * for example, that the script holds in one piece. Only an SDK can write an element in both ways:
 *
 * <pre>
 *   test stream -> elements as in the script -> flatten -> elements as in the collection
 * </pre>
 *
 * A flatten of one collection is in the model of every SDK, and changes nothing but the coder.
 *
 * <p>Go names the coder of elements without their length, and writes them with it.
 */
public final class ScriptCoding {
  private final Components.Builder components;

  private ScriptCoding(Components.Builder components) {
    this.components = components;
  }

  /**
   * The pipeline with such test streams in parts. Those of no environment get a collection that is
   * coded as they are.
   *
   * @throws IOException if a script cannot be read
   */
  public static RunnerApi.Pipeline expand(RunnerApi.Pipeline pipeline) throws IOException {
    ScriptCoding coding = new ScriptCoding(pipeline.getComponents().toBuilder());
    boolean any = false;
    for (Map.Entry<String, PTransform> entry :
        new TreeMap<>(pipeline.getComponents().getTransformsMap()).entrySet()) {
      FunctionSpec spec = entry.getValue().getSpec();
      if (spec.getUrn().equals(PTransformTranslation.TEST_STREAM_TRANSFORM_URN)) {
        String coderId = TestStreamPayload.parseFrom(spec.getPayload()).getCoderId();
        any |= coding.expand(entry.getKey(), entry.getValue(), coderId);
      }
    }
    return any ? pipeline.toBuilder().setComponents(coding.components).build() : pipeline;
  }

  private boolean expand(String id, PTransform testStream, String coderId)
      throws InvalidProtocolBufferException {
    if (testStream.getOutputsCount() != 1) {
      return false; // refused later, with all else that is wrong
    }
    String output = testStream.getOutputsMap().values().iterator().next();
    PCollection elements = components.getPcollectionsOrThrow(output);
    if (elements.getCoderId().equals(coderId)) {
      return false;
    }
    if (isPrefixed(elements.getCoderId(), coderId)) {
      components.putTransforms(id, codedBy(elements.getCoderId(), testStream));
      return true;
    }
    PCollection scripted = elements.toBuilder().setCoderId(coderId).build();
    if (testStream.getEnvironmentId().isEmpty()) {
      components.putPcollections(output, scripted);
    } else {
      addParts(id, testStream, output, scripted);
    }
    return true;
  }

  /** Whether a coder puts the length in front of what another one writes. */
  private boolean isPrefixed(String coderId, String partId) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    return coder.getSpec().getUrn().equals(ModelCoders.LENGTH_PREFIX_CODER_URN)
        && coder.getComponentCoderIdsList().equals(List.of(partId));
  }

  private static PTransform codedBy(String coderId, PTransform testStream)
      throws InvalidProtocolBufferException {
    TestStreamPayload script = TestStreamPayload.parseFrom(testStream.getSpec().getPayload());
    PTransform.Builder coded = testStream.toBuilder();
    coded
        .getSpecBuilder()
        .setPayload(script.toBuilder().setCoderId(coderId).build().toByteString());
    return coded.build();
  }

  private void addParts(String id, PTransform testStream, String elements, PCollection scripted) {
    String tag = testStream.getOutputsMap().keySet().iterator().next();
    String script = "trestle:" + id + "/Script";
    String write = "trestle:" + id + "/Write";
    String name = testStream.getUniqueName();
    components.putPcollections(
        script, scripted.toBuilder().setUniqueName(name + "/Script").build());
    components.putTransforms(
        script,
        testStream.toBuilder().setUniqueName(name + "/Script").putOutputs(tag, script).build());
    components.putTransforms(
        write,
        PTransform.newBuilder()
            .setUniqueName(name + "/Write")
            .setSpec(FunctionSpec.newBuilder().setUrn(PTransformTranslation.FLATTEN_TRANSFORM_URN))
            .putInputs("in", script)
            .putOutputs("out", elements)
            .setEnvironmentId(testStream.getEnvironmentId())
            .build());
    components.putTransforms(
        id,
        testStream.toBuilder()
            .clearSpec()
            .addSubtransforms(script)
            .addSubtransforms(write)
            .build());
  }
}
