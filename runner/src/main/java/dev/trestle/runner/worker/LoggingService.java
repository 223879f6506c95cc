package dev.trestle.runner.worker;

import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogControl;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.fnexecution.v1.BeamFnLoggingGrpc.BeamFnLoggingImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** Where workers log to. A worker may do so before it takes instructions, and after. */
final class LoggingService extends BeamFnLoggingImplBase {

  private final WorkerRegistry workers;

  LoggingService(WorkerRegistry workers) {
    this.workers = workers;
  }

  @Override
  public StreamObserver<LogEntry.List> logging(StreamObserver<LogControl> stream) {
    return WorkerStreams.open(
        workers,
        stream,
        (worker, opened) -> {
          worker.logs().begun();
          return WorkerStreams.reading(
              entries -> entries.getLogEntriesList().forEach(worker::logged),
              status -> {
                worker.logs().ended();
                if (status.isOk()) {
                  opened.onCompleted();
                }
              });
        });
  }
}
