package dev.trestle.server.service;

import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthCheckRequest;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthCheckResponse;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthGrpc.HealthImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** Says that the server is there: gRPC's protocol for probes. Needs no token. */
final class HealthService extends HealthImplBase {

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> client) {
    Answers.answer(
        client, () -> HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build());
  }
}
