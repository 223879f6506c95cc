package dev.trestle.runner.remote;

import dev.trestle.runner.engine.RunningJob;
import java.io.IOException;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobResponse;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.util.construction.PipelineOptionsTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;

/** Has a job server run a pipeline: prepares it, hands out its files, runs it. */
public final class RemoteSubmission {

  private RemoteSubmission() {}

  /**
   * Submits a pipeline, and returns as soon as the server has it running or starting.
   *
   * @throws IllegalArgumentException if the server refuses it, with the reason
   * @throws IllegalStateException if the server cannot be reached, or a file cannot be staged
   */
  public static RunningJob submit(Pipeline pipeline, JobServerOptions options) {
    String endpoint = String.valueOf(options.getEndpoint());
    RunnerApi.Pipeline proto =
        PortableProto.of(pipeline, options.as(PortablePipelineOptions.class));
    PrepareJobRequest request =
        PrepareJobRequest.newBuilder()
            .setJobName(options.getJobName())
            .setPipeline(proto)
            .setPipelineOptions(PipelineOptionsTranslation.toProto(options))
            .build();
    JobServerClient client = null;
    boolean running = false;
    try {
      client =
          JobServerClient.connect(
              endpoint,
              options.getEndpointCertificates(),
              System.getenv(JobServerOptions.TOKEN_VARIABLE));
      PrepareJobResponse prepared = client.prepare(request);
      ArtifactOffer.stage(client, prepared.getStagingSessionToken(), proto);
      RunningJob job = RemoteJob.follow(client, client.run(prepared));
      running = true;
      return job;
    } catch (StatusRuntimeException e) {
      throw failure(endpoint, e);
    } catch (IOException e) {
      throw new IllegalStateException("--endpoint=" + endpoint + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while submitting to " + endpoint, e);
    } finally {
      if (client != null && !running) {
        client.close();
      }
    }
  }

  private static RuntimeException failure(String endpoint, StatusRuntimeException answer) {
    String text = "--endpoint=" + endpoint + ": " + answer.getStatus().getDescription();
    return switch (answer.getStatus().getCode()) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, RESOURCE_EXHAUSTED, UNAUTHENTICATED ->
          new IllegalArgumentException(text, answer);
      default -> new IllegalStateException(text, answer);
    };
  }
}
