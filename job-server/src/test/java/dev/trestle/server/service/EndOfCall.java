package dev.trestle.server.service;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** How a call ends, whatever is answered. */
final class EndOfCall implements StreamObserver<byte[]> {

  private final CompletableFuture<Status> end = new CompletableFuture<>();

  Status await() {
    try {
      return end.get(120, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("The call does not end", e);
    }
  }

  @Override
  public void onNext(byte[] answer) {}

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }
}
