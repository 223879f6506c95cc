package dev.trestle.runner.worker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.RemoteGrpcPort;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.ParDoPayload;
import org.apache.beam.sdk.fn.data.RemoteGrpcPortRead;
import org.apache.beam.sdk.fn.data.RemoteGrpcPortWrite;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * A descriptor as a worker is told it, and its ports. Each timer family is a port in both
 * directions.
 *
 * @param inputs each has to be ended for the bundle to end
 * @param outputs each is ended by the worker
 */
record RegisteredDescriptor(
    ProcessBundleDescriptor descriptor, List<Port> inputs, Set<Port> outputs) {

  RegisteredDescriptor {
    inputs = List.copyOf(inputs);
    outputs = Set.copyOf(outputs);
  }

  String id() {
    return descriptor.getId();
  }

  /**
   * Gives a template its id, and the endpoint for data, state and timers.
   *
   * @throws IllegalArgumentException if a payload in it cannot be read
   */
  static RegisteredDescriptor of(
      ProcessBundleDescriptor template, String id, ApiServiceDescriptor endpoint) {
    ProcessBundleDescriptor.Builder descriptor =
        template.toBuilder()
            .setId(id)
            .setStateApiServiceDescriptor(endpoint)
            .setTimerApiServiceDescriptor(endpoint);
    List<Port> inputs = new ArrayList<>();
    Set<Port> outputs = new HashSet<>();
    template
        .getTransformsMap()
        .forEach(
            (name, transform) -> {
              try {
                switch (transform.getSpec().getUrn()) {
                  case RemoteGrpcPortRead.URN -> {
                    inputs.add(Port.ofElements(name));
                    descriptor.putTransforms(name, withEndpoint(transform, endpoint));
                  }
                  case RemoteGrpcPortWrite.URN -> {
                    outputs.add(Port.ofElements(name));
                    descriptor.putTransforms(name, withEndpoint(transform, endpoint));
                  }
                  case PTransformTranslation.PAR_DO_TRANSFORM_URN ->
                      ParDoPayload.parseFrom(transform.getSpec().getPayload())
                          .getTimerFamilySpecsMap()
                          .keySet()
                          .forEach(
                              family -> {
                                inputs.add(new Port(name, family));
                                outputs.add(new Port(name, family));
                              });
                  default -> {}
                }
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("The payload of " + name, e);
              }
            });
    return new RegisteredDescriptor(descriptor.build(), inputs, outputs);
  }

  private static PTransform withEndpoint(PTransform transform, ApiServiceDescriptor endpoint)
      throws InvalidProtocolBufferException {
    ByteString payload =
        RemoteGrpcPort.parseFrom(transform.getSpec().getPayload()).toBuilder()
            .setApiServiceDescriptor(endpoint)
            .build()
            .toByteString();
    PTransform.Builder builder = transform.toBuilder();
    builder.getSpecBuilder().setPayload(payload);
    return builder.build();
  }
}
