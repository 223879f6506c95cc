package dev.trestle.server.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.engine.RunningJob.State;
import dev.trestle.server.artifacts.JobArtifacts;
import dev.trestle.server.jobs.JobLimits;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactStagingToRolePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.EmbeddedFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.hash.Hashing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingServiceTest {

  private static final String FILE = "beam:artifact:type:file:v1";
  private static final String STAGING_TO = "beam:artifact:role:staging_to:v1";

  @TempDir Path directory;

  private final FakeLauncher launcher = new FakeLauncher();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = TestServer.start(directory, launcher, new JobLimits(100, 1, Duration.ofDays(1)));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static ArtifactInformation file(String name, String sha256) {
    return ArtifactInformation.newBuilder()
        .setTypeUrn(FILE)
        .setTypePayload(
            ArtifactFilePayload.newBuilder().setPath(name).setSha256(sha256).build().toByteString())
        .setRoleUrn(STAGING_TO)
        .setRolePayload(
            ArtifactStagingToRolePayload.newBuilder().setStagedName(name).build().toByteString())
        .build();
  }

  private static String sha256(String content) {
    return Hashing.sha256().hashString(content, UTF_8).toString();
  }

  private static Pipeline needing(ArtifactInformation... artifacts) {
    Environment environment =
        Environment.newBuilder().addAllDependencies(List.of(artifacts)).build();
    return Pipeline.newBuilder()
        .setComponents(Components.newBuilder().putEnvironments("sdk", environment))
        .build();
  }

  private String prepare(ArtifactInformation... artifacts) {
    return server.prepare(needing(artifacts), Map.of());
  }

  private FakeLauncher.Launch run(String prepared) throws InterruptedException {
    server.run(prepared);
    return launcher.next();
  }

  private static List<ArtifactInformation> dependencies(FakeLauncher.Launch launch) {
    return launch
        .submission()
        .pipeline()
        .getComponents()
        .getEnvironmentsOrThrow("sdk")
        .getDependenciesList();
  }

  private static String read(JobArtifacts artifacts, ArtifactInformation artifact)
      throws IOException {
    try (InputStream in = artifacts.open(artifact)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("artifacts"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void stagedFileReachesTheWorkers() throws Exception {
    String id = prepare(file("main.jar", ""));
    FakeStager stager = FakeStager.open(server, id, FakeStager.content("classes"));
    assertThat(stager.await().isOk(), is(true));

    FakeLauncher.Launch launch = run(id);

    ArtifactInformation staged = dependencies(launch).get(0);
    assertThat(read(launch.submission().artifacts(), staged), is("classes"));
    assertThat(staged.getRoleUrn(), is(STAGING_TO));
    assertThat(
        ArtifactFilePayload.parseFrom(staged.getTypePayload()).getSha256(), is(sha256("classes")));
    assertThat(launch.submission().artifacts().resolve(List.of(staged)), is(List.of(staged)));
  }

  @Test
  void sameContentIsKeptOnceAndNotAskedForAgain() throws Exception {
    FakeStager first =
        FakeStager.open(server, prepare(file("a.jar", "")), FakeStager.content("classes"));
    first.await();
    run(server.prepare()); // a job that keeps nothing
    String again = prepare(file("a.jar", sha256("classes")), file("b.jar", sha256("classes")));
    FakeStager second = FakeStager.open(server, again, FakeStager.content("classes"));
    second.await();

    assertThat(second.askedForBytes(), is(1L)); // the first job was forgotten, and its file with it
    assertThat(files(), hasSize(1));
    assertThat(dependencies(run(again)), hasSize(2));
  }

  @Test
  void fileGoesWithTheLastJobThatNeedsIt() throws Exception {
    String first = prepare(file("a.jar", ""));
    FakeStager.open(server, first, FakeStager.content("classes")).await();
    FakeLauncher.Launch running = run(first);
    String second = prepare(file("a.jar", sha256("classes")));
    FakeStager stager = FakeStager.open(server, second, FakeStager.content("classes"));
    stager.await();
    assertThat(stager.askedForBytes(), is(0L));

    server.prepare(); // the second is forgotten
    assertThat(files(), hasSize(1));

    running.job().end(State.DONE);
    server.awaitEnd(first);
    server.prepare();
    assertThat(files(), is(empty()));
  }

  @Test
  void wrongContentIsRefused() throws Exception {
    String id = prepare(file("main.jar", sha256("other")));

    Status status = FakeStager.open(server, id, FakeStager.content("classes")).await();

    assertThat(status.getCode(), is(Status.Code.INVALID_ARGUMENT));
    assertThat(status.getDescription(), containsString("Artifact 'main.jar': its SHA-256 is"));
    assertThat(files(), is(empty()));
  }

  @Test
  void fileThatIsTooLargeIsRefused() throws Exception {
    String half = "x".repeat((int) TestServer.ARTIFACT_BYTES / 8);
    FakeStager stager =
        FakeStager.open(
            server,
            prepare(file("main.jar", "")),
            (question, client) -> {
              if (question.hasResolveArtifact()) {
                client.resolve(question);
              } else {
                for (int sent = 0; sent < 9; sent++) {
                  client.send(half, false);
                }
              }
            });

    Status status = stager.await();
    assertThat(status.getCode(), is(Status.Code.INVALID_ARGUMENT));
    assertThat(status.getDescription(), containsString("larger than"));
    assertThat(files(), is(empty()));
  }

  @Test
  void namesAreNeverPaths() throws Exception {
    String id = prepare(file("../../../../etc/passwd", ""), file("/etc/shadow", ""));
    FakeStager.open(server, id, FakeStager.content("root")).await();
    FakeLauncher.Launch launch = run(id);

    assertThat(read(launch.submission().artifacts(), dependencies(launch).get(0)), is("root"));
    assertThat(files(), hasSize(1));
    for (ArtifactInformation hostile :
        List.of(file("/etc/passwd", ""), file("x", "../../jobs/CURRENT"), file("x", sha256("y")))) {
      assertThrows(
          FileNotFoundException.class, () -> launch.submission().artifacts().open(hostile));
    }
  }

  @Test
  void embeddedArtifactIsStoredWithoutAsking() throws Exception {
    ArtifactInformation embedded =
        ArtifactInformation.newBuilder()
            .setTypeUrn("beam:artifact:type:embedded:v1")
            .setTypePayload(
                EmbeddedFilePayload.newBuilder()
                    .setData(ByteString.copyFromUtf8("inline"))
                    .build()
                    .toByteString())
            .build();
    String id = prepare(embedded);
    FakeStager stager = FakeStager.open(server, id, FakeStager.content("not asked"));
    stager.await();
    FakeLauncher.Launch launch = run(id);

    assertThat(stager.askedForBytes(), is(0L));
    assertThat(read(launch.submission().artifacts(), dependencies(launch).get(0)), is("inline"));
  }

  @Test
  void answerThatWasNotAskedForIsRefused() throws Exception {
    FakeStager stager =
        FakeStager.open(
            server, prepare(file("main.jar", "")), (question, client) -> client.send("x", true));

    assertThat(stager.await().getCode(), is(Status.Code.INVALID_ARGUMENT));
  }

  @Test
  void clientThatLeavesTooEarlyIsTold() throws Exception {
    FakeStager stager =
        FakeStager.open(
            server, prepare(file("main.jar", "")), (question, client) -> client.leave());

    assertThat(stager.await().getCode(), is(Status.Code.FAILED_PRECONDITION));
  }

  @Test
  void nothingIsLeftOfAClientThatVanishes() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    FakeStager stager =
        FakeStager.open(
            server,
            prepare(file("main.jar", "")),
            (question, client) -> {
              if (question.hasResolveArtifact()) {
                client.resolve(question);
              } else {
                client.send("half of it", false);
                asked.countDown();
              }
            });
    assertThat(asked.await(60, TimeUnit.SECONDS), is(true));
    stager.vanish();

    while (!files().isEmpty()) {
      Thread.sleep(5);
    }
  }

  @Test
  void jobThatRunsTakesNothingMore() throws Exception {
    String id = prepare(file("main.jar", ""));
    run(id);

    Status status = FakeStager.open(server, id, FakeStager.content("classes")).await();

    assertThat(status.getCode(), is(Status.Code.FAILED_PRECONDITION));
    assertThat(files(), is(empty()));
  }

  @Test
  void unknownTokenIsNotFoundAndAnEmptyOneHasNothingToStage() throws Exception {
    Status unknown = FakeStager.open(server, "nobody", FakeStager.content("x")).await();
    Status empty = FakeStager.open(server, "", FakeStager.content("x")).await();

    assertThat(unknown.getCode(), is(Status.Code.NOT_FOUND));
    assertThat(empty.isOk(), is(true));
  }

  @Test
  void sessionWithNothingToStageEndsWithHeadersBeforeItsStatus() throws Exception {
    AtomicBoolean headers = new AtomicBoolean();
    CountDownLatch closed = new CountDownLatch(1);
    ClientCall<ArtifactResponseWrapper, ArtifactRequestWrapper> call =
        server
            .channel()
            .newCall(
                ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(),
                CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata sent) {
            headers.set(true);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            closed.countDown();
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(
        ArtifactResponseWrapper.newBuilder().setStagingToken(server.prepare()).build());

    assertThat(closed.await(60, TimeUnit.SECONDS), is(true));
    assertThat(headers.get(), is(true));
  }
}
