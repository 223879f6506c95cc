package dev.trestle.server.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/** A client that stages, with answers that the test makes up; notes what it was asked. */
final class FakeStager implements StreamObserver<ArtifactRequestWrapper> {

  private final List<ArtifactRequestWrapper> asked = new ArrayList<>();
  private final BiConsumer<ArtifactRequestWrapper, FakeStager> answers;
  private final CountDownLatch end = new CountDownLatch(1);
  private StreamObserver<ArtifactResponseWrapper> server;
  private volatile Status status = Status.OK;

  private FakeStager(BiConsumer<ArtifactRequestWrapper, FakeStager> answers) {
    this.answers = answers;
  }

  /** Opens a session. */
  static FakeStager open(
      TestServer server, String token, BiConsumer<ArtifactRequestWrapper, FakeStager> answers) {
    FakeStager stager = new FakeStager(answers);
    synchronized (stager) {
      stager.server = server.staging().reverseArtifactRetrievalService(stager);
      stager.server.onNext(ArtifactResponseWrapper.newBuilder().setStagingToken(token).build());
    }
    return stager;
  }

  /** Answers that artifacts stand for themselves, and that each file has this content. */
  static BiConsumer<ArtifactRequestWrapper, FakeStager> content(String content) {
    return (question, stager) -> {
      if (question.hasResolveArtifact()) {
        stager.resolve(question);
      } else {
        stager.send(content.substring(0, content.length() / 2), false);
        stager.send(content.substring(content.length() / 2), true);
      }
    };
  }

  void resolve(ArtifactRequestWrapper question) {
    server.onNext(
        ArtifactResponseWrapper.newBuilder()
            .setResolveArtifactResponse(
                ResolveArtifactsResponse.newBuilder()
                    .addAllReplacements(question.getResolveArtifact().getArtifactsList()))
            .build());
  }

  void send(String data, boolean last) {
    server.onNext(
        ArtifactResponseWrapper.newBuilder()
            .setIsLast(last)
            .setGetArtifactResponse(
                GetArtifactResponse.newBuilder().setData(ByteString.copyFrom(data, UTF_8)))
            .build());
  }

  /** Ends the session from the client's side. */
  void leave() {
    server.onCompleted();
  }

  /** The connection breaks. */
  void vanish() {
    server.onError(Status.CANCELLED.asRuntimeException());
  }

  /** How the session has ended. */
  Status await() throws InterruptedException {
    if (!end.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("The session does not end");
    }
    return status;
  }

  synchronized long askedForBytes() {
    return asked.stream().filter(ArtifactRequestWrapper::hasGetArtifact).count();
  }

  @Override
  public void onNext(ArtifactRequestWrapper question) {
    synchronized (this) {
      asked.add(question);
    }
    answers.accept(question, this);
  }

  @Override
  public void onError(Throwable failure) {
    status = Status.fromThrowable(failure);
    end.countDown();
  }

  @Override
  public void onCompleted() {
    end.countDown();
  }
}
