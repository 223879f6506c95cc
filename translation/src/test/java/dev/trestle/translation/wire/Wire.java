package dev.trestle.translation.wire;

import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.construction.SdkComponents;

/** Coders of Beam's as the wire sees them. */
final class Wire {
  final Components.Builder protos;
  final WireCoders coders;

  private final SdkComponents components = SdkComponents.create();

  private Wire(Components.Builder protos) {
    this.protos = protos;
    coders = new WireCoders(protos);
  }

  static Wire empty() {
    return new Wire(Components.newBuilder());
  }

  /** The id of a coder's proto. */
  String add(Coder<?> coder) throws IOException {
    String id = components.registerCoder(coder);
    protos.mergeFrom(components.toComponents());
    return id;
  }

  /** Adds a coder that Beam has no class for. */
  String add(String id, String urn, String... parts) {
    RunnerApi.Coder.Builder coder =
        RunnerApi.Coder.newBuilder().setSpec(FunctionSpec.newBuilder().setUrn(urn));
    for (String part : parts) {
      coder.addComponentCoderIds(part);
    }
    protos.putCoders(id, coder.build());
    return id;
  }

  /** What reads the values of a coder without looking into them. */
  EncodedCoder encoded(Coder<?> coder) throws IOException {
    return coders.encoded(coders.wire(add(coder)));
  }
}
