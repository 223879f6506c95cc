package dev.trestle.runner.worker;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** What a worker sends through a stream that it has opened. */
final class WorkerStreams {

  private WorkerStreams() {}

  /** Opens a stream of the worker that calls, or refuses it. */
  static <I, O> StreamObserver<I> open(
      WorkerRegistry workers,
      StreamObserver<O> stream,
      BiFunction<WorkerConnection, ServerCallStreamObserver<O>, StreamObserver<I>> opener) {
    WorkerConnection worker = workers.caller().orElse(null);
    return worker == null
        ? refuse(stream, WorkerRegistry.unknownCaller())
        : opener.apply(worker, (ServerCallStreamObserver<O>) stream);
  }

  /**
   * Hands on what comes.
   *
   * @param ended is told how the stream has ended: OK if the worker has ended it in good order
   */
  static <I> StreamObserver<I> reading(Consumer<I> receiver, Consumer<Status> ended) {
    return new StreamObserver<>() {
      @Override
      public void onNext(I message) {
        receiver.accept(message);
      }

      @Override
      public void onError(Throwable cause) {
        ended.accept(Status.fromThrowable(cause));
      }

      @Override
      public void onCompleted() {
        ended.accept(Status.OK);
      }
    };
  }

  /** Refuses a stream; what comes through it all the same is dropped. */
  static <I> StreamObserver<I> refuse(StreamObserver<?> stream, Status status) {
    stream.onError(status.asRuntimeException());
    return reading(message -> {}, ended -> {});
  }
}
