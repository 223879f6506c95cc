package dev.trestle.runner.remote;

import java.io.File;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc;
import org.apache.beam.model.jobmanagement.v1.JobApi.CancelJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.DrainJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobMetricsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobInfo;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.jobmanagement.v1.JobApi.MetricResults;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.RunJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.StringValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.CallOptions;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Channel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ChannelCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ClientInterceptors;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.InsecureChannelCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Metadata;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.MethodDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.TlsChannelCredentials;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthCheckRequest;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.health.v1.HealthGrpc;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCalls;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.MetadataUtils;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a job server. Any thread may call; calls wait for their answers, at most a
 * minute. What goes wrong is a {@link StatusRuntimeException}, whose description is for the user.
 */
public final class JobServerClient implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;
  private static final long HEALTH_SECONDS = 10;
  private static final int MOST_MESSAGE_BYTES = 256 << 20;

  private final ManagedChannel connection;
  private final Channel channel;
  private final CallOptions calls;

  private JobServerClient(ManagedChannel connection, Channel channel, CallOptions calls) {
    this.connection = connection;
    this.channel = channel;
    this.calls = calls;
  }

  /**
   * Connects to a server, as soon as something is asked of it.
   *
   * @param endpoint host and port
   * @param certificates a file with those to trust, in PEM; null for no TLS
   * @param token null for none
   * @throws IOException if the certificates cannot be read
   */
  public static JobServerClient connect(
      String endpoint, @Nullable String certificates, @Nullable String token) throws IOException {
    ManagedChannel connection =
        NettyChannelBuilder.forTarget(endpoint, credentials(certificates))
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .build();
    return new JobServerClient(
        connection,
        token == null
            ? connection
            : ClientInterceptors.intercept(
                connection, MetadataUtils.newAttachHeadersInterceptor(bearer(token))),
        CallOptions.DEFAULT);
  }

  /** The same connection, whose calls wait for a server that is away for a while. */
  JobServerClient patient() {
    return new JobServerClient(connection, channel, CallOptions.DEFAULT.withWaitForReady());
  }

  private static ChannelCredentials credentials(@Nullable String certificates) throws IOException {
    return certificates == null
        ? InsecureChannelCredentials.create()
        : TlsChannelCredentials.newBuilder().trustManager(new File(certificates)).build();
  }

  private static Metadata bearer(String token) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return headers;
  }

  private JobServiceGrpc.JobServiceBlockingStub jobs() {
    JobServiceGrpc.JobServiceBlockingStub stub =
        JobServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return calls.isWaitForReady() ? stub.withWaitForReady() : stub;
  }

  ArtifactStagingServiceGrpc.ArtifactStagingServiceStub staging() {
    return ArtifactStagingServiceGrpc.newStub(channel);
  }

  PrepareJobResponse prepare(PrepareJobRequest request) {
    return jobs().prepare(request);
  }

  /** Runs what has been prepared, and answers the job's id. */
  String run(PrepareJobResponse prepared) {
    return jobs()
        .run(RunJobRequest.newBuilder().setPreparationId(prepared.getPreparationId()).build())
        .getJobId();
  }

  /** Whether the server says that it takes calls; it has some seconds to say so. */
  public boolean isServing() {
    return HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(HEALTH_SECONDS, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus()
        == ServingStatus.SERVING;
  }

  /** All jobs that the server remembers, the oldest first. */
  public List<JobInfo> list() {
    return jobs().getJobs(GetJobsRequest.getDefaultInstance()).getJobInfoList();
  }

  public JobState.Enum state(String job) {
    return jobs().getState(GetJobStateRequest.newBuilder().setJobId(job).build()).getState();
  }

  public MetricResults metrics(String job) {
    return jobs()
        .getJobMetrics(GetJobMetricsRequest.newBuilder().setJobId(job).build())
        .getMetrics();
  }

  /** Asks for the job to be cancelled, and answers how it stands then. */
  public JobState.Enum cancel(String job) {
    return jobs().cancel(CancelJobRequest.newBuilder().setJobId(job).build()).getState();
  }

  /** Asks for the job to be drained. */
  public void drain(String job) {
    jobs().drain(DrainJobRequest.newBuilder().setJobId(job).build());
  }

  /** What the job's workers have sampled: see {@link JobControlMethods#SAMPLES}. */
  public List<Struct> samples(String job) {
    ListValue samples =
        ClientCalls.blockingUnaryCall(
            channel,
            JobControlMethods.SAMPLES,
            calls.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
            GetJobStateRequest.newBuilder().setJobId(job).build());
    return samples.getValuesList().stream().map(Value::getStructValue).toList();
  }

  /** Asks for a savepoint; the place is there when it is durable, however long that takes. */
  public CompletableFuture<String> savepoint(String job) {
    return place(JobControlMethods.SAVEPOINT, job);
  }

  /** Asks for a savepoint behind which the job is cancelled. */
  public CompletableFuture<String> stop(String job) {
    return place(JobControlMethods.STOP, job);
  }

  private CompletableFuture<String> place(
      MethodDescriptor<GetJobStateRequest, StringValue> method, String job) {
    CompletableFuture<String> place = new CompletableFuture<>();
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, calls),
        GetJobStateRequest.newBuilder().setJobId(job).build(),
        new StreamObserver<>() {
          @Override
          public void onNext(StringValue answer) {
            place.complete(answer.getValue());
          }

          @Override
          public void onError(Throwable failure) {
            place.completeExceptionally(failure);
          }

          @Override
          public void onCompleted() {
            // The place has come before.
          }
        });
    return place;
  }

  /** Follows what the job says and which states it is in, from its beginning to its end. */
  public Iterator<JobMessagesResponse> messages(String job) {
    return JobServiceGrpc.newBlockingStub(channel)
        .getMessageStream(JobMessagesRequest.newBuilder().setJobId(job).build());
  }

  @Override
  public void close() {
    connection.shutdownNow();
  }
}
