package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.remote.JobControlMethods;
import dev.trestle.runner.remote.JobServerClient;
import dev.trestle.runner.worker.Mutations;
import dev.trestle.server.jobs.JobLimits;
import dev.trestle.translation.PipelineTranslator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessage.MessageImportance;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Channel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientCall;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Requests that no good client makes. After each, the server is there and another job unharmed. */
class HostileRequestsTest extends UnharmedJobTest {

  /** What a client may be told; neither UNKNOWN nor INTERNAL is an answer. */
  private static final Set<Status.Code> CLEAR =
      EnumSet.of(
          Status.Code.OK,
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.UNIMPLEMENTED);

  HostileRequestsTest() {
    super(new FakeLauncher());
  }

  private static List<MethodDescriptor<?, ?>> methods() {
    List<MethodDescriptor<?, ?>> methods =
        new ArrayList<>(JobServiceGrpc.getServiceDescriptor().getMethods());
    methods.addAll(ArtifactStagingServiceGrpc.getServiceDescriptor().getMethods());
    return methods;
  }

  /** Sends bytes as a request, and takes the answers that come until the call ends or is enough. */
  private Status send(MethodDescriptor<?, ?> method, byte[] request) {
    return send(server.channel(), method, request);
  }

  private static Status send(Channel channel, MethodDescriptor<?, ?> method, byte[] request) {
    MethodDescriptor<byte[], byte[]> raw =
        method.toBuilder(Mutations.BYTES, Mutations.BYTES).build();
    ClientCall<byte[], byte[]> call =
        channel.newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
    try {
      Iterator<byte[]> answers = ClientCalls.blockingServerStreamingCall(call, request);
      while (answers.hasNext()) {
        answers.next();
      }
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void damagedRequestsGetAClearStatus() {
    Random random = new Random(42);
    for (MethodDescriptor<?, ?> method : methods()) {
      for (int round = 0; round < 30; round++) {
        byte[] request = new byte[random.nextInt(200)];
        random.nextBytes(request);

        assertThat(method.getFullMethodName(), send(method, request).getCode(), is(in(CLEAR)));
      }
    }
  }

  @Test
  void damagedPipelinesGetAClearStatus() throws Exception {
    Random random = new Random(7);
    org.apache.beam.sdk.Pipeline good = org.apache.beam.sdk.Pipeline.create();
    good.apply(Create.of(1L, 2L)).apply(Sum.longsGlobally());
    byte[] request =
        PrepareJobRequest.newBuilder()
            .setPipeline(PipelineTranslator.toProto(good))
            .build()
            .toByteArray();
    try (TestServer engine = TestServer.start(directory.resolve("engine"), new ThisJvmLauncher())) {
      for (int round = 0; round < 200; round++) {
        byte[] damaged = request.clone();
        for (int flips = 1 + random.nextInt(5); flips > 0; flips--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        try {
          engine.jobs().prepare(PrepareJobRequest.parseFrom(damaged));
        } catch (StatusRuntimeException e) {
          assertThat(e.getMessage(), e.getStatus().getCode(), is(Status.Code.INVALID_ARGUMENT));
        } catch (IOException e) {
          // Not a message at all: see damagedRequestsGetAClearStatus.
        }
      }
      assertThat(engine.state(engine.prepare()), is(JobState.Enum.STOPPED));
    }
  }

  @Test
  void unknownIdsAreNotFound() {
    for (String id : List.of("", "nobody", "../" + other, other + "\0", "x".repeat(100_000))) {
      StatusRuntimeException refusal =
          assertThrows(StatusRuntimeException.class, () -> server.state(id));
      assertThat(refusal.getStatus().getCode(), is(Status.Code.NOT_FOUND));
      assertThat(refusal.getStatus().getDescription().length(), is(lessThanOrEqualTo(200)));
      for (Executable call :
          List.<Executable>of(
              () -> server.run(id),
              () -> server.cancel(id),
              () -> server.metrics(id),
              () -> server.states(id).next(),
              () -> server.messages(id).next())) {
        StatusRuntimeException each = assertThrows(StatusRuntimeException.class, call);
        assertThat(each.getStatus().getCode(), is(Status.Code.NOT_FOUND));
      }
    }
  }

  @Test
  void messageThatIsTooLargeIsRefusedWithTheLimit() {
    PrepareJobRequest large =
        PrepareJobRequest.newBuilder()
            .setJobName("x".repeat(TestServer.MESSAGE_BYTES * 3 / 2))
            .build();

    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> server.jobs().prepare(large));

    assertThat(refusal.getStatus().getCode(), is(Status.Code.RESOURCE_EXHAUSTED));
    assertThat(refusal.getStatus().getDescription(), containsString("at most 1048576"));
  }

  @Test
  void messageThatIsFarTooLargeIsNotTakenIn() {
    PrepareJobRequest large =
        PrepareJobRequest.newBuilder().setJobName("x".repeat(TestServer.MESSAGE_BYTES * 4)).build();

    assertThrows(StatusRuntimeException.class, () -> server.jobs().prepare(large));
  }

  @Test
  void hostileOptionsAreRefusedOrLeftAlone() {
    Value text = Value.newBuilder().setStringValue("\u0000{]").build();
    StatusRuntimeException refusal =
        assertThrows(
            StatusRuntimeException.class,
            () -> server.prepare(Pipeline.getDefaultInstance(), Map.of("parallelism", text)));

    assertThat(refusal.getStatus().getCode(), is(Status.Code.INVALID_ARGUMENT));
    PrepareJobRequest.Builder odd = PrepareJobRequest.newBuilder();
    for (String key : List.of("", "beam:option:", ":v1", "beam:option::v1", "beam:option:v1")) {
      odd.getPipelineOptionsBuilder().putFields(key, text);
    }
    server.jobs().prepare(odd.build());
  }

  @Test
  void slowReaderGetsAllAndHoldsNobodyUp() throws Exception {
    int many = 3000;
    String text = "x".repeat(2000);
    Iterator<JobMessagesResponse> slow = server.messages(other);
    slow.next();
    for (int n = 0; n < many; n++) {
      otherJob.messages().add(MessageImportance.JOB_MESSAGE_BASIC, text);
    }
    assertThat(server.state(other), is(JobState.Enum.RUNNING));

    int read = 0;
    while (read < many) {
      read += slow.next().hasMessageResponse() ? 1 : 0;
    }
    assertThat(read, is(many));
  }

  @Test
  void clientsThatVanishLeaveNothing() throws Exception {
    for (int n = 0; n < 20; n++) {
      ManagedChannel channel =
          NettyChannelBuilder.forTarget(server.endpoint()).usePlaintext().build();
      Iterator<JobMessagesResponse> messages =
          JobServiceGrpc.newBlockingStub(channel)
              .getMessageStream(JobMessagesRequest.newBuilder().setJobId(other).build());
      messages.next();
      channel.shutdownNow();
    }
    otherJob.messages().add(MessageImportance.JOB_MESSAGE_BASIC, "goes on");

    assertThat(server.state(other), is(JobState.Enum.RUNNING));
  }

  @Test
  void tokenIsAsked() throws Exception {
    ServerSettings settings =
        TestServer.settings(directory.resolve("closed"), "secret", JobLimits.DEFAULTS);
    try (JobServer closed = JobServer.start(settings, new FakeLauncher())) {
      String endpoint = "localhost:" + closed.port();
      assertThat(listWith(endpoint, null), is(Status.Code.UNAUTHENTICATED));
      assertThat(listWith(endpoint, "guess"), is(Status.Code.UNAUTHENTICATED));
      assertThat(listWith(endpoint, "secret"), is(Status.Code.OK));
    }
  }

  @Test
  void everyServiceAsksForTheTokenButHealth() throws Exception {
    ServerSettings settings =
        TestServer.settings(directory.resolve("closed"), "secret", JobLimits.DEFAULTS);
    List<MethodDescriptor<?, ?>> all = methods();
    all.add(JobControlMethods.SAVEPOINT);
    all.add(JobControlMethods.SAMPLES);
    try (JobServer closed = JobServer.start(settings, new FakeLauncher())) {
      ManagedChannel channel =
          NettyChannelBuilder.forTarget("localhost:" + closed.port()).usePlaintext().build();
      for (MethodDescriptor<?, ?> method : all) {
        assertThat(
            method.getFullMethodName(),
            send(channel, method, new byte[0]).getCode(),
            is(Status.Code.UNAUTHENTICATED));
      }
      assertThat(
          send(channel, HealthGrpc.getCheckMethod(), new byte[0]).getCode(), is(Status.Code.OK));
      channel.shutdownNow();
    }
  }

  private static Status.Code listWith(String endpoint, String token) throws IOException {
    try (JobServerClient client = JobServerClient.connect(endpoint, null, token)) {
      client.list();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }
}
