package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoRequest;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.GetProvisionInfoResponse;
import org.apache.beam.model.fnexecution.v1.ProvisionApi.ProvisionInfo;
import org.apache.beam.model.fnexecution.v1.ProvisionServiceGrpc.ProvisionServiceImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** Where workers learn what they are to do, and where all else is. */
final class ProvisionService extends ProvisionServiceImplBase {

  private final WorkerRegistry workers;

  ProvisionService(WorkerRegistry workers) {
    this.workers = workers;
  }

  @Override
  public void getProvisionInfo(
      GetProvisionInfoRequest request, StreamObserver<GetProvisionInfoResponse> response) {
    workers
        .caller()
        .ifPresentOrElse(
            worker -> {
              response.onNext(GetProvisionInfoResponse.newBuilder().setInfo(info(worker)).build());
              response.onCompleted();
            },
            () -> response.onError(WorkerRegistry.unknownCaller().asRuntimeException()));
  }

  private static ProvisionInfo info(WorkerConnection worker) {
    WorkerProvision provision = worker.provision();
    return ProvisionInfo.newBuilder()
        .setPipelineOptions(provision.pipelineOptions())
        .addAllDependencies(provision.dependencies())
        .putAllMetadata(provision.metadata())
        .addAllRunnerCapabilities(worker.runnerCapabilities())
        .setControlEndpoint(worker.endpoint())
        .setLoggingEndpoint(worker.endpoint())
        .setArtifactEndpoint(worker.endpoint())
        .build();
  }
}
