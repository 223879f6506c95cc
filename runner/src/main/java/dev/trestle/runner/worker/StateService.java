package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.model.fnexecution.v1.BeamFnStateGrpc.BeamFnStateImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** Where workers ask for state and side inputs. */
final class StateService extends BeamFnStateImplBase {

  private final WorkerRegistry workers;

  StateService(WorkerRegistry workers) {
    this.workers = workers;
  }

  @Override
  public StreamObserver<StateRequest> state(StreamObserver<StateResponse> stream) {
    return WorkerStreams.open(workers, stream, WorkerConnection::openState);
  }
}
