package dev.trestle.expansion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactRetrievalServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.sdk.util.construction.DefaultArtifactResolver;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/**
 * Hands out the files that an expanded transform needs. In what was expanded they are named by a
 * key; only a file that has been told for such a key is handed out, whatever else is asked for. Any
 * thread may call.
 */
final class ClassPathArtifacts
    extends ArtifactRetrievalServiceGrpc.ArtifactRetrievalServiceImplBase {

  private static final String DEFERRED = BeamUrns.getUrn(StandardArtifacts.Types.DEFERRED);
  private static final int CHUNK_BYTES = 2 << 20;

  private final Set<Path> told = ConcurrentHashMap.newKeySet();

  @Override
  public void resolveArtifacts(
      ResolveArtifactsRequest request, StreamObserver<ResolveArtifactsResponse> observer) {
    ResolveArtifactsResponse.Builder response = ResolveArtifactsResponse.newBuilder();
    try {
      for (ArtifactInformation artifact : request.getArtifactsList()) {
        response.addAllReplacements(resolve(artifact));
      }
    } catch (InvalidProtocolBufferException e) {
      observer.onError(unreadable());
      return;
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private List<ArtifactInformation> resolve(ArtifactInformation artifact)
      throws InvalidProtocolBufferException {
    if (!artifact.getTypeUrn().equals(DEFERRED)) {
      return List.of(artifact);
    }
    List<ArtifactInformation> resolved =
        DefaultArtifactResolver.INSTANCE.resolveArtifacts(List.of(artifact));
    for (ArtifactInformation each : resolved) {
      if (!each.getTypeUrn().equals(DEFERRED)) {
        told.add(path(each));
      }
    }
    return resolved;
  }

  @Override
  public void getArtifact(
      GetArtifactRequest request, StreamObserver<GetArtifactResponse> observer) {
    try {
      Path file = path(request.getArtifact());
      if (!told.contains(file)) {
        observer.onError(
            Status.NOT_FOUND.withDescription("No transform needs " + file).asException());
        return;
      }
      try (InputStream content = Files.newInputStream(file)) {
        for (byte[] chunk = content.readNBytes(CHUNK_BYTES);
            chunk.length > 0;
            chunk = content.readNBytes(CHUNK_BYTES)) {
          observer.onNext(
              GetArtifactResponse.newBuilder().setData(ByteString.copyFrom(chunk)).build());
        }
      }
      observer.onCompleted();
    } catch (InvalidProtocolBufferException e) {
      observer.onError(unreadable());
    } catch (IOException e) {
      observer.onError(Status.INTERNAL.withDescription(e.toString()).withCause(e).asException());
    }
  }

  private static Path path(ArtifactInformation artifact) throws InvalidProtocolBufferException {
    return Path.of(ArtifactFilePayload.parseFrom(artifact.getTypePayload()).getPath());
  }

  private static Exception unreadable() {
    return Status.INVALID_ARGUMENT.withDescription("The artifact is unreadable").asException();
  }
}
