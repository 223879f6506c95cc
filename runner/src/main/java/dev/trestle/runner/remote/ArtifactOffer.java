package dev.trestle.runner.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientResponseObserver;

/**
 * The files of a pipeline, as the server asks for them. Only those are handed out that the pipeline
 * names. The thread that submits answers; the connection's thread brings the questions.
 */
final class ArtifactOffer
    implements ClientResponseObserver<ArtifactResponseWrapper, ArtifactRequestWrapper> {

  private static final String FILE = BeamUrns.getUrn(StandardArtifacts.Types.FILE);
  private static final int CHUNK_BYTES = 256 << 10;

  /** What the connection has brought. */
  private sealed interface Word {
    record Question(ArtifactRequestWrapper question) implements Word {}

    record End() implements Word {}

    record Failure(Throwable cause) implements Word {}
  }

  private final String token;
  private final Set<ArtifactInformation> offered = new HashSet<>();
  private final BlockingQueue<Word> words = new LinkedBlockingQueue<>();
  private final Semaphore ready = new Semaphore(0);

  private ArtifactOffer(String token, Pipeline pipeline) {
    this.token = token;
    for (Environment environment : pipeline.getComponents().getEnvironmentsMap().values()) {
      offered.addAll(environment.getDependenciesList());
    }
  }

  /**
   * Hands out all that the server asks for.
   *
   * @throws IOException if a file cannot be read, or the server does not take it
   */
  static void stage(JobServerClient client, String token, Pipeline pipeline)
      throws IOException, InterruptedException {
    ArtifactOffer offer = new ArtifactOffer(token, pipeline);
    ClientCallStreamObserver<ArtifactResponseWrapper> server =
        (ClientCallStreamObserver<ArtifactResponseWrapper>)
            client.staging().reverseArtifactRetrievalService(offer);
    try {
      server.onNext(offer.answer().build());
      offer.answerAll(server);
      server.onCompleted();
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.cancel("The client cannot go on", e);
      throw e;
    }
  }

  private void answerAll(ClientCallStreamObserver<ArtifactResponseWrapper> server)
      throws IOException, InterruptedException {
    while (true) {
      Word word = words.take();
      if (word instanceof Word.Question asked) {
        answer(asked.question(), server);
      } else if (word instanceof Word.Failure failure) {
        throw new IOException(
            "The artifacts could not be staged: " + failure.cause().getMessage(), failure.cause());
      } else {
        return;
      }
    }
  }

  private void answer(
      ArtifactRequestWrapper question, ClientCallStreamObserver<ArtifactResponseWrapper> server)
      throws IOException, InterruptedException {
    if (question.hasResolveArtifact()) {
      server.onNext(
          answer()
              .setIsLast(true)
              .setResolveArtifactResponse(
                  ResolveArtifactsResponse.newBuilder()
                      .addAllReplacements(question.getResolveArtifact().getArtifactsList()))
              .build());
    } else {
      send(file(question.getGetArtifact().getArtifact()), server);
    }
  }

  private Path file(ArtifactInformation artifact) throws IOException {
    if (!offered.contains(artifact) || !artifact.getTypeUrn().equals(FILE)) {
      throw new IOException("The server asks for an artifact that was not offered: " + artifact);
    }
    return Path.of(ArtifactFilePayload.parseFrom(artifact.getTypePayload()).getPath());
  }

  private void send(Path file, ClientCallStreamObserver<ArtifactResponseWrapper> server)
      throws IOException, InterruptedException {
    try (InputStream in = Files.newInputStream(file)) {
      boolean last;
      do {
        byte[] chunk = in.readNBytes(CHUNK_BYTES);
        last = chunk.length < CHUNK_BYTES;
        while (!server.isReady() && words.isEmpty()) {
          ready.acquire();
        }
        server.onNext(
            answer()
                .setIsLast(last)
                .setGetArtifactResponse(
                    GetArtifactResponse.newBuilder().setData(ByteString.copyFrom(chunk)))
                .build());
      } while (!last);
    }
  }

  private ArtifactResponseWrapper.Builder answer() {
    return ArtifactResponseWrapper.newBuilder().setStagingToken(token);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ArtifactResponseWrapper> server) {
    server.setOnReadyHandler(ready::release);
  }

  @Override
  public void onNext(ArtifactRequestWrapper question) {
    words.add(new Word.Question(question));
  }

  @Override
  public void onError(Throwable failure) {
    words.add(new Word.Failure(failure));
    ready.release();
  }

  @Override
  public void onCompleted() {
    words.add(new Word.End());
    ready.release();
  }
}
