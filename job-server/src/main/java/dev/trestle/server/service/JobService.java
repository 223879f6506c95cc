package dev.trestle.server.service;

import dev.trestle.server.jobs.Jobs;
import dev.trestle.server.jobs.ServedJob;
import dev.trestle.server.jobs.SubmittedOptions;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.beam.model.jobmanagement.v1.JobApi.CancelJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.CancelJobResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.DescribePipelineOptionsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.DescribePipelineOptionsResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.DrainJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.DrainJobResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobMetricsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobMetricsResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobPipelineRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobPipelineResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobStateRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobsResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobMessagesResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobStateEvent;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.RunJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.RunJobResponse;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc.JobServiceImplBase;
import org.apache.beam.model.pipeline.v1.Endpoints.ApiServiceDescriptor;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ServerCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;

/**
 * Beam's job API. A job has one id from its preparation on, so that clients may follow it before it
 * runs; the token for staging its artifacts is the same.
 */
final class JobService extends JobServiceImplBase {

  private final Jobs jobs;
  private final String address;
  private final Executor executor;
  private final DescribePipelineOptionsResponse options =
      DescribePipelineOptionsResponse.newBuilder()
          .addAllOptions(SubmittedOptions.describe())
          .build();

  /**
   * A service.
   *
   * @param address of the server, for clients that do not say how they have reached it
   * @param executor sends to those who follow a job
   */
  JobService(Jobs jobs, String address, Executor executor) {
    this.jobs = jobs;
    this.address = address;
    this.executor = executor;
  }

  @Override
  public void prepare(PrepareJobRequest request, StreamObserver<PrepareJobResponse> client) {
    String reachedAs = CallAuthority.current().orElse(address);
    Answers.answer(
        client,
        () -> {
          String id = jobs.prepare(request).id();
          return PrepareJobResponse.newBuilder()
              .setPreparationId(id)
              .setStagingSessionToken(id)
              .setArtifactStagingEndpoint(ApiServiceDescriptor.newBuilder().setUrl(reachedAs))
              .build();
        });
  }

  @Override
  public void run(RunJobRequest request, StreamObserver<RunJobResponse> client) {
    Answers.answer(
        client,
        () -> {
          jobs.run(request.getPreparationId());
          return RunJobResponse.newBuilder().setJobId(request.getPreparationId()).build();
        });
  }

  @Override
  public void getJobs(GetJobsRequest request, StreamObserver<GetJobsResponse> client) {
    Answers.answer(
        client, () -> GetJobsResponse.newBuilder().addAllJobInfo(JobInfos.of(jobs.all())).build());
  }

  @Override
  public void getState(GetJobStateRequest request, StreamObserver<JobStateEvent> client) {
    answer(request.getJobId(), client, ServedJob::state);
  }

  @Override
  public void getPipeline(
      GetJobPipelineRequest request, StreamObserver<GetJobPipelineResponse> client) {
    answer(
        request.getJobId(),
        client,
        job ->
            GetJobPipelineResponse.newBuilder()
                .setPipeline(job.submission().getPipeline())
                .build());
  }

  @Override
  public void getJobMetrics(
      GetJobMetricsRequest request, StreamObserver<GetJobMetricsResponse> client) {
    Answers.answerLater(
        client,
        () ->
            jobs.job(request.getJobId())
                .metrics()
                .thenApply(
                    metrics -> GetJobMetricsResponse.newBuilder().setMetrics(metrics).build()));
  }

  @Override
  public void cancel(CancelJobRequest request, StreamObserver<CancelJobResponse> client) {
    answer(
        request.getJobId(),
        client,
        job -> CancelJobResponse.newBuilder().setState(job.cancel()).build());
  }

  @Override
  public void drain(DrainJobRequest request, StreamObserver<DrainJobResponse> client) {
    answer(
        request.getJobId(),
        client,
        job -> {
          job.drain();
          return DrainJobResponse.newBuilder().setState(job.state().getState()).build();
        });
  }

  @Override
  public void getStateStream(GetJobStateRequest request, StreamObserver<JobStateEvent> client) {
    try {
      FeedSender.send(
          jobs.job(request.getJobId()).states(),
          (ServerCallStreamObserver<JobStateEvent>) client,
          executor);
    } catch (RuntimeException e) {
      client.onError(Answers.status(e));
    }
  }

  @Override
  public void getMessageStream(
      JobMessagesRequest request, StreamObserver<JobMessagesResponse> client) {
    try {
      FeedSender.send(
          jobs.job(request.getJobId()).messages(),
          (ServerCallStreamObserver<JobMessagesResponse>) client,
          executor);
    } catch (RuntimeException e) {
      client.onError(Answers.status(e));
    }
  }

  @Override
  public void describePipelineOptions(
      DescribePipelineOptionsRequest request,
      StreamObserver<DescribePipelineOptionsResponse> client) {
    Answers.answer(client, () -> options);
  }

  private <T> void answer(String id, StreamObserver<T> client, Function<ServedJob, T> question) {
    Answers.answer(client, () -> question.apply(jobs.job(id)));
  }
}
