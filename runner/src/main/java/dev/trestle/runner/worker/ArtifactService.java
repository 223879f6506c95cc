package dev.trestle.runner.worker;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc.ArtifactRetrievalServiceImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.UnsafeByteOperations;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where workers fetch the artifacts of their job. */
final class ArtifactService extends ArtifactRetrievalServiceImplBase {

  private static final Logger LOG = LoggerFactory.getLogger(ArtifactService.class);

  private static final int CHUNK_BYTES = 1 << 20;

  private final WorkerRegistry workers;

  ArtifactService(WorkerRegistry workers) {
    this.workers = workers;
  }

  @Override
  public void resolveArtifacts(
      ResolveArtifactsRequest request, StreamObserver<ResolveArtifactsResponse> response) {
    WorkerConnection worker = workers.caller().orElse(null);
    if (worker == null) {
      response.onError(WorkerRegistry.unknownCaller().asRuntimeException());
      return;
    }
    ResolveArtifactsResponse resolved;
    try {
      resolved =
          ResolveArtifactsResponse.newBuilder()
              .addAllReplacements(worker.artifacts().resolve(request.getArtifactsList()))
              .build();
    } catch (IOException e) {
      response.onError(status(e).asRuntimeException());
      return;
    }
    response.onNext(resolved);
    response.onCompleted();
  }

  @Override
  public void getArtifact(
      GetArtifactRequest request, StreamObserver<GetArtifactResponse> response) {
    WorkerConnection worker = workers.caller().orElse(null);
    if (worker == null) {
      response.onError(WorkerRegistry.unknownCaller().asRuntimeException());
      return;
    }
    InputStream content;
    try {
      content = worker.artifacts().open(request.getArtifact());
    } catch (IOException e) {
      response.onError(status(e).asRuntimeException());
      return;
    }
    new Download(content, (ServerCallStreamObserver<GetArtifactResponse>) response).start();
  }

  private static Status status(IOException failure) {
    Status status =
        failure instanceof FileNotFoundException ? Status.NOT_FOUND : Status.UNAVAILABLE;
    return status.withDescription(failure.getMessage()).withCause(failure);
  }

  /** Reads an artifact as fast as the worker does. gRPC calls, one at a time. */
  private static final class Download {

    private final InputStream content;
    private final ServerCallStreamObserver<GetArtifactResponse> response;
    private boolean ended;

    Download(InputStream content, ServerCallStreamObserver<GetArtifactResponse> response) {
      this.content = content;
      this.response = response;
    }

    void start() {
      response.setOnCancelHandler(this::end);
      response.setOnReadyHandler(this::send);
    }

    private void send() {
      try {
        while (!ended && response.isReady()) {
          byte[] chunk = content.readNBytes(CHUNK_BYTES);
          if (chunk.length == 0) {
            end();
            response.onCompleted();
          } else {
            response.onNext(
                GetArtifactResponse.newBuilder()
                    .setData(UnsafeByteOperations.unsafeWrap(chunk))
                    .build());
          }
        }
      } catch (IOException e) {
        end();
        response.onError(status(e).asRuntimeException());
      }
    }

    private void end() {
      ended = true;
      try {
        content.close();
      } catch (IOException e) {
        LOG.warn("An artifact cannot be closed", e);
      }
    }
  }
}
