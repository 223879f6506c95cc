package dev.trestle.runner.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactRequest;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc.ArtifactStagingServiceImplBase;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Server;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyServerBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client hands out to servers that ask for all kinds of things. */
class ArtifactOfferTest {

  @TempDir Path directory;

  private Server server;
  private JobServerClient client;

  @AfterEach
  void close() {
    client.close();
    server.shutdownNow();
  }

  /** A server that does something with each word of the client's. */
  private void serve(
      BiConsumer<ArtifactResponseWrapper, StreamObserver<ArtifactRequestWrapper>> behaviour)
      throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getByName("localhost"), 0))
            .addService(
                new ArtifactStagingServiceImplBase() {
                  @Override
                  public StreamObserver<ArtifactResponseWrapper> reverseArtifactRetrievalService(
                      StreamObserver<ArtifactRequestWrapper> asked) {
                    return new StreamObserver<>() {
                      @Override
                      public void onNext(ArtifactResponseWrapper word) {
                        behaviour.accept(word, asked);
                      }

                      @Override
                      public void onError(Throwable failure) {
                        // The client has gone.
                      }

                      @Override
                      public void onCompleted() {
                        // The client is done.
                      }
                    };
                  }
                })
            .build()
            .start();
    client = JobServerClient.connect("localhost:" + server.getPort(), null, null);
  }

  private static ArtifactInformation file(Path path) {
    return ArtifactInformation.newBuilder()
        .setTypeUrn("beam:artifact:type:file:v1")
        .setTypePayload(
            ArtifactFilePayload.newBuilder().setPath(path.toString()).build().toByteString())
        .build();
  }

  private static ArtifactRequestWrapper get(Path path) {
    return ArtifactRequestWrapper.newBuilder()
        .setGetArtifact(GetArtifactRequest.newBuilder().setArtifact(file(path)))
        .build();
  }

  private static Pipeline needing(Path path) {
    return Pipeline.newBuilder()
        .setComponents(
            Components.newBuilder()
                .putEnvironments(
                    "sdk", Environment.newBuilder().addDependencies(file(path)).build()))
        .build();
  }

  @Test
  void fileIsHandedOutWholeAndInOrder() throws Exception {
    String content = "0123456789".repeat(100_000);
    Path path = Files.writeString(directory.resolve("a.jar"), content);
    StringBuilder received = new StringBuilder();
    serve(
        (word, asked) -> {
          if (!word.hasGetArtifactResponse()) {
            assertThat(word.getStagingToken(), is("token"));
            asked.onNext(get(path));
            return;
          }
          received.append(word.getGetArtifactResponse().getData().toString(UTF_8));
          if (word.getIsLast()) {
            asked.onCompleted();
          }
        });

    ArtifactOffer.stage(client, "token", needing(path));

    assertThat(received.toString(), is(content));
  }

  @Test
  void fileThatWasNotOfferedIsNotHandedOut() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    serve((word, asked) -> asked.onNext(get(secret)));

    IOException refusal =
        assertThrows(
            IOException.class,
            () -> ArtifactOffer.stage(client, "token", needing(directory.resolve("a.jar"))));

    assertThat(refusal.getMessage(), containsString("not offered"));
  }

  @Test
  void whatTheServerRefusesIsTold() throws Exception {
    serve(
        (word, asked) ->
            asked.onError(
                Status.INVALID_ARGUMENT.withDescription("too large").asRuntimeException()));

    IOException refusal =
        assertThrows(
            IOException.class,
            () -> ArtifactOffer.stage(client, "token", needing(directory.resolve("a.jar"))));

    assertThat(refusal.getMessage(), containsString("too large"));
  }

  @Test
  void fileThatIsGoneIsNamed() throws Exception {
    Path gone = directory.resolve("gone.jar");
    serve((word, asked) -> asked.onNext(get(gone)));

    IOException failure =
        assertThrows(IOException.class, () -> ArtifactOffer.stage(client, "token", needing(gone)));

    assertThat(failure.getMessage(), containsString("gone.jar"));
  }
}
