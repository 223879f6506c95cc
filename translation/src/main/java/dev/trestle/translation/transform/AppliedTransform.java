package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.HarnessSpec.Inquiry;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.rehydrate.Rehydrator;
import dev.trestle.translation.steps.Vertex.Port;
import dev.trestle.translation.validate.Problems;
import dev.trestle.translation.wire.OpaqueWindowFn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A transform of the pipeline proto, in the hands of its translator.
 *
 * @param encodedInput the id of the coder, on the wire, of the elements that it passes on; null
 *     where elements are objects
 */
record AppliedTransform(
    TransformName name,
    PTransform proto,
    Rehydrator components,
    CollectionForms collections,
    @Nullable String encodedInput,
    Problems problems) {

  ByteString payload() {
    return proto.getSpec().getPayload();
  }

  Collection input(String localName) throws IOException {
    return read(proto.getInputsOrThrow(localName));
  }

  private Collection read(String id) throws IOException {
    return encodedInput == null
        ? collections.readObjects(id)
        : collections.readEncoded(id, encodedInput);
  }

  /** The ids of all inputs, as often as they are read. */
  List<String> inputIds() throws IOException {
    List<String> ids = new ArrayList<>();
    for (String id : proto.getInputsMap().values()) {
      ids.add(read(id).id());
    }
    return ids;
  }

  Collection onlyInput() throws IOException {
    return input(only(proto.getInputsMap(), "input"));
  }

  Port output(String localName) throws IOException {
    return new Port(localName, collections.written(proto.getOutputsOrThrow(localName)));
  }

  Port onlyOutput() throws IOException {
    return output(only(proto.getOutputsMap(), "output"));
  }

  /** The script of a test stream, its elements as the transform writes them. */
  TestStream<?> script(TestStreamPayload payload) throws IOException {
    return encodedInput == null
        ? components.testStream(payload)
        : collections.encodedScript(payload);
  }

  /**
   * Whether a step may be keyed by the key of this collection; if not, the transform is refused.
   */
  boolean keyed(Collection input) {
    if (input.coder() instanceof KvCoder) {
      return true;
    }
    refuse("needs keys, but its input is coded by " + input.coder(), "give it KVs with a KvCoder");
    return false;
  }

  /** Who merges the windows of the only input, if only an SDK can; null otherwise. */
  @Nullable Inquiry merging(Collection input) throws IOException {
    return input.windowing().getWindowFn() instanceof OpaqueWindowFn
            && input.windowing().needsMerge()
        ? collections.merging(proto.getInputsMap().values().iterator().next())
        : null;
  }

  void refuse(String feature, String remedy) {
    problems.add(name.fullName(), feature, remedy);
  }

  /**
   * The local name of the only input or output.
   *
   * @throws IllegalArgumentException if there are none, or more
   */
  static String only(Map<String, String> locals, String kind) {
    List<String> names = List.copyOf(locals.keySet());
    if (names.size() != 1) {
      throw new IllegalArgumentException("one " + kind + " expected, found " + names);
    }
    return names.get(0);
  }
}
