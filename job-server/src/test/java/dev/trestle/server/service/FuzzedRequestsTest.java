package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.engine.RunningJob.State;
import dev.trestle.runner.remote.JobControlMethods;
import dev.trestle.runner.worker.Mutations;
import dev.trestle.translation.PipelineTranslator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.GetArtifactResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ResolveArtifactsResponse;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi.DrainJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCalls;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Good requests that were damaged, and calls in any order, from seeds. Each is answered clearly,
 * and a job that runs meanwhile ends as it should.
 */
class FuzzedRequestsTest extends UnharmedJobTest {

  private static final int SEEDS = 20;
  private static final int REQUESTS = 50;

  /** What a client may be told; neither UNKNOWN nor INTERNAL is an answer. */
  private static final Set<Status.Code> CLEAR =
      Set.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED);

  FuzzedRequestsTest() {
    super(
        new FakeLauncher(
            submission -> {
              FakeJob job = new FakeJob();
              if (!submission.pipeline().equals(Pipeline.getDefaultInstance())) {
                job.end(State.DONE);
              }
              return job;
            }));
  }

  private Status send(MethodDescriptor<?, ?> method, byte[]... requests) {
    return send(server, method, requests);
  }

  /** Sends bytes as requests of one call, and takes the answers that come until it ends. */
  private static Status send(TestServer to, MethodDescriptor<?, ?> method, byte[]... requests) {
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
    MethodDescriptor<byte[], byte[]> raw =
        method.toBuilder(Mutations.BYTES, Mutations.BYTES).build();
    ClientCall<byte[], byte[]> call = to.channel().newCall(raw, options);
    EndOfCall end = new EndOfCall();
    if (method.getType().clientSendsOneMessage()) {
      ClientCalls.asyncServerStreamingCall(call, requests[0], end);
    } else {
      StreamObserver<byte[]> stream = ClientCalls.asyncBidiStreamingCall(call, end);
      for (byte[] request : requests) {
        stream.onNext(request);
      }
      stream.onCompleted();
    }
    return end.await();
  }

  private static Pipeline withArtifact() {
    ArtifactInformation file =
        ArtifactInformation.newBuilder()
            .setTypeUrn("beam:artifact:type:file:v1")
            .setTypePayload(
                ArtifactFilePayload.newBuilder().setPath("main.jar").build().toByteString())
            .build();
    return Pipeline.newBuilder()
        .setComponents(
            Components.newBuilder()
                .putEnvironments("sdk", Environment.newBuilder().addDependencies(file).build()))
        .build();
  }

  /** A job that has ended, so that those who follow it come to an end. */
  private String ended() {
    String id = server.run(server.prepare(withArtifact(), Map.of()));
    server.awaitEnd(id);
    return id;
  }

  @RepeatedTest(SEEDS)
  void damagedQuestionsAboutAJobGetAClearStatus(RepetitionInfo repetition) {
    Mutations mutations = new Mutations(repetition.getCurrentRepetition());
    // All of these have the job's id, and nothing else, as their first field.
    byte[] request = GetJobStateRequest.newBuilder().setJobId(ended()).build().toByteArray();
    List<MethodDescriptor<?, ?>> methods =
        new ArrayList<>(JobServiceGrpc.getServiceDescriptor().getMethods());
    methods.remove(JobServiceGrpc.getPrepareMethod());
    methods.add(JobControlMethods.SAVEPOINT);
    methods.add(JobControlMethods.STOP);
    methods.add(JobControlMethods.SAMPLES);
    for (MethodDescriptor<?, ?> method : methods) {
      byte[] damaged = mutations.of(request);
      assertThat(method.getFullMethodName(), send(method, damaged).getCode(), is(in(CLEAR)));
    }
  }

  @RepeatedTest(SEEDS)
  void damagedPipelinesGetAClearStatus(RepetitionInfo repetition) throws Exception {
    Mutations mutations = new Mutations(repetition.getCurrentRepetition());
    org.apache.beam.sdk.Pipeline good = org.apache.beam.sdk.Pipeline.create();
    good.apply(Create.of("a", "b")).apply(WithKeys.of(1L)).apply(GroupByKey.create());
    byte[] request =
        PrepareJobRequest.newBuilder()
            .setJobName("job")
            .setPipeline(PipelineTranslator.toProto(good))
            .setPipelineOptions(
                Struct.newBuilder()
                    .putFields(
                        "beam:option:parallelism:v1",
                        Value.newBuilder().setStringValue("3").build()))
            .build()
            .toByteArray();
    try (TestServer engine = TestServer.start(directory.resolve("engine"), new ThisJvmLauncher())) {
      for (int n = 0; n < REQUESTS; n++) {
        Status status = send(engine, JobServiceGrpc.getPrepareMethod(), mutations.of(request));
        assertThat(status.toString(), status.getCode(), is(in(CLEAR)));
      }
      assertThat(engine.state(engine.prepare()), is(JobState.Enum.STOPPED));
    }
  }

  @RepeatedTest(SEEDS)
  void damagedStagingGetsAClearStatusAndLeavesNothing(RepetitionInfo repetition) throws Exception {
    Mutations mutations = new Mutations(repetition.getCurrentRepetition());
    String id = server.prepare(withArtifact(), Map.of());
    List<byte[]> good =
        List.of(
            ArtifactResponseWrapper.newBuilder().setStagingToken(id).build().toByteArray(),
            ArtifactResponseWrapper.newBuilder()
                .setResolveArtifactResponse(
                    ResolveArtifactsResponse.newBuilder()
                        .addAllReplacements(
                            withArtifact()
                                .getComponents()
                                .getEnvironmentsOrThrow("sdk")
                                .getDependenciesList()))
                .build()
                .toByteArray(),
            data("some of it", false),
            data("the rest", true));
    for (int n = 0; n < REQUESTS; n++) {
      byte[][] session = good.toArray(byte[][]::new);
      int damaged = mutations.below(session.length);
      session[damaged] = mutations.of(session[damaged]);
      Status status =
          send(ArtifactStagingServiceGrpc.getReverseArtifactRetrievalServiceMethod(), session);
      assertThat(status.toString(), status.getCode(), is(in(CLEAR)));
    }
    assertThat(uploads(), is(empty()));
  }

  private static byte[] data(String data, boolean last) {
    return ArtifactResponseWrapper.newBuilder()
        .setGetArtifactResponse(
            GetArtifactResponse.newBuilder().setData(ByteString.copyFromUtf8(data)))
        .setIsLast(last)
        .build()
        .toByteArray();
  }

  /** Files that are on their way into the store. */
  private List<Path> uploads() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("artifacts").resolve("incoming"))) {
      return files.toList();
    }
  }

  @RepeatedTest(SEEDS)
  void callsInAnyOrderGetAClearStatus(RepetitionInfo repetition) {
    Mutations mutations = new Mutations(repetition.getCurrentRepetition());
    List<String> ids = new ArrayList<>(List.of("nobody"));
    for (int n = 0; n < REQUESTS; n++) {
      String id = mutations.choose(ids);
      switch (mutations.below(9)) {
        case 0 -> ids.add(server.prepare(withArtifact(), Map.of()));
        case 1 -> check(() -> server.run(id));
        case 2 -> check(() -> server.cancel(id));
        case 3 -> check(() -> server.metrics(id));
        case 4 -> check(() -> server.states(id).next());
        case 5 -> check(() -> FakeStager.open(server, id, FakeStager.content("it")).await());
        case 6 -> check(() -> drain(id));
        case 7 -> check(() -> control(JobControlMethods.SAMPLES, id));
        default -> check(() -> control(JobControlMethods.STOP, id));
      }
    }
  }

  private void drain(String id) {
    server.jobs().drain(DrainJobRequest.newBuilder().setJobId(id).build());
  }

  private void control(MethodDescriptor<GetJobStateRequest, ?> method, String id) {
    ClientCalls.blockingUnaryCall(
        server.channel(),
        method,
        CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
        GetJobStateRequest.newBuilder().setJobId(id).build());
  }

  private interface Request {
    void send() throws InterruptedException;
  }

  private static void check(Request request) {
    try {
      request.send();
    } catch (StatusRuntimeException e) {
      assertThat(e.getMessage(), e.getStatus().getCode(), is(in(CLEAR)));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
