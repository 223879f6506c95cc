package dev.trestle.server.service;

import dev.trestle.server.jobs.JobLauncher;
import dev.trestle.server.jobs.JobLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi.CancelJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobMetricsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.model.jobmanagement.v1.JobApi.MetricResults;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.RunJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;

/** A server on loopback, and a client of it. */
final class TestServer implements AutoCloseable {

  static final int MESSAGE_BYTES = 1 << 20;
  static final long ARTIFACT_BYTES = 4 << 20;

  private final JobServer server;
  private final ManagedChannel channel;

  private TestServer(JobServer server) {
    this.server = server;
    channel =
        NettyChannelBuilder.forAddress("localhost", server.port())
            .usePlaintext()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .build();
  }

  static TestServer start(Path directory, JobLauncher launcher) throws IOException {
    return start(directory, launcher, JobLimits.DEFAULTS);
  }

  static TestServer start(Path directory, JobLauncher launcher, JobLimits limits)
      throws IOException {
    return new TestServer(JobServer.start(settings(directory, null, limits), launcher));
  }

  static ServerSettings settings(Path directory, String token, JobLimits limits) {
    return new ServerSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        directory,
        null,
        token,
        MESSAGE_BYTES,
        ARTIFACT_BYTES,
        limits);
  }

  String endpoint() {
    return "localhost:" + server.port();
  }

  ManagedChannel channel() {
    return channel;
  }

  JobServiceGrpc.JobServiceBlockingStub jobs() {
    return JobServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  ArtifactStagingServiceGrpc.ArtifactStagingServiceStub staging() {
    return ArtifactStagingServiceGrpc.newStub(channel);
  }

  String prepare(Pipeline pipeline, Map<String, Value> options) {
    Struct.Builder struct = Struct.newBuilder();
    options.forEach((name, value) -> struct.putFields("beam:option:" + name + ":v1", value));
    return jobs()
        .prepare(
            PrepareJobRequest.newBuilder()
                .setJobName("test")
                .setPipeline(pipeline)
                .setPipelineOptions(struct)
                .build())
        .getPreparationId();
  }

  String prepare() {
    return prepare(Pipeline.getDefaultInstance(), Map.of());
  }

  String run(String prepared) {
    return jobs().run(RunJobRequest.newBuilder().setPreparationId(prepared).build()).getJobId();
  }

  JobState.Enum state(String job) {
    return jobs().getState(GetJobStateRequest.newBuilder().setJobId(job).build()).getState();
  }

  JobState.Enum cancel(String job) {
    return jobs().cancel(CancelJobRequest.newBuilder().setJobId(job).build()).getState();
  }

  MetricResults metrics(String job) {
    return jobs()
        .getJobMetrics(GetJobMetricsRequest.newBuilder().setJobId(job).build())
        .getMetrics();
  }

  Iterator<JobStateEvent> states(String job) {
    return jobs().getStateStream(GetJobStateRequest.newBuilder().setJobId(job).build());
  }

  Iterator<JobMessagesResponse> messages(String job) {
    return jobs().getMessageStream(JobMessagesRequest.newBuilder().setJobId(job).build());
  }

  /** Waits until the server knows that the job has been started. */
  void awaitRunning(String job) {
    Iterator<JobStateEvent> states = states(job);
    while (states.next().getState() != JobState.Enum.RUNNING) {
      // Starting still.
    }
  }

  /** Waits for the job's end. */
  JobState.Enum awaitEnd(String job) {
    JobState.Enum last = JobState.Enum.UNSPECIFIED;
    for (Iterator<JobStateEvent> states = states(job); states.hasNext(); ) {
      last = states.next().getState();
    }
    return last;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
