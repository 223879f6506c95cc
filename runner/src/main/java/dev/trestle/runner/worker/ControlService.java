package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.GetProcessBundleDescriptorRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.InstructionResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.fnexecution.v1.BeamFnControlGrpc.BeamFnControlImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/**
 * Where workers get their instructions. The SDKs of all languages ask for descriptors, so that none
 * is pushed.
 */
final class ControlService extends BeamFnControlImplBase {

  private final WorkerRegistry workers;

  ControlService(WorkerRegistry workers) {
    this.workers = workers;
  }

  @Override
  public StreamObserver<InstructionResponse> control(StreamObserver<InstructionRequest> stream) {
    return WorkerStreams.open(workers, stream, WorkerConnection::openControl);
  }

  /** The TypeScript SDK does not say which worker it is, so any gets what it can name. */
  @Override
  public void getProcessBundleDescriptor(
      GetProcessBundleDescriptorRequest request, StreamObserver<ProcessBundleDescriptor> response) {
    String id = request.getProcessBundleDescriptorId();
    workers
        .descriptor(id)
        .ifPresentOrElse(
            descriptor -> {
              response.onNext(descriptor);
              response.onCompleted();
            },
            () ->
                response.onError(
                    Status.NOT_FOUND.withDescription("No descriptor " + id).asRuntimeException()));
  }
}
