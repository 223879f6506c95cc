package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.Elements;
import org.apache.beam.model.fnexecution.v1.BeamFnDataGrpc.BeamFnDataImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** Through which elements and timers go. */
final class DataService extends BeamFnDataImplBase {

  private final WorkerRegistry workers;

  DataService(WorkerRegistry workers) {
    this.workers = workers;
  }

  @Override
  public StreamObserver<Elements> data(StreamObserver<Elements> stream) {
    return WorkerStreams.open(workers, stream, WorkerConnection::openData);
  }
}
