package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.rehydrate.Rehydrator;
import dev.trestle.translation.steps.Vertex.Port;
import dev.trestle.translation.validate.Problems;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/** A transform of the pipeline proto, in the hands of its translator. */
record AppliedTransform(
    TransformName name, PTransform proto, Rehydrator components, Problems problems) {

  ByteString payload() {
    return proto.getSpec().getPayload();
  }

  Collection input(String localName) throws IOException {
    return components.collection(proto.getInputsOrThrow(localName));
  }

  Collection onlyInput() throws IOException {
    return input(only(proto.getInputsMap(), "input"));
  }

  Port output(String localName) throws IOException {
    return new Port(localName, components.collection(proto.getOutputsOrThrow(localName)));
  }

  Port onlyOutput() throws IOException {
    return output(only(proto.getOutputsMap(), "output"));
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

  void refuse(String feature, String remedy) {
    problems.add(name.fullName(), feature, remedy);
  }

  private static String only(Map<String, String> locals, String kind) {
    List<String> names = List.copyOf(locals.keySet());
    if (names.size() != 1) {
      throw new IllegalArgumentException("one " + kind + " expected, found " + names);
    }
    return names.get(0);
  }
}
