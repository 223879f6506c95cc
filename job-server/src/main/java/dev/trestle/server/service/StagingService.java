package dev.trestle.server.service;

import dev.trestle.server.artifacts.ArtifactException;
import dev.trestle.server.artifacts.Staging;
import dev.trestle.server.jobs.Jobs;
import java.io.IOException;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactStagingServiceGrpc.ArtifactStagingServiceImplBase;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in artifacts: the client opens the call and names its session, and is then asked for what
 * is missing. A session without a token is of a client that has nothing to stage.
 */
final class StagingService extends ArtifactStagingServiceImplBase {

  private static final Logger LOG = LoggerFactory.getLogger(StagingService.class);

  private final Jobs jobs;

  StagingService(Jobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public StreamObserver<ArtifactResponseWrapper> reverseArtifactRetrievalService(
      StreamObserver<ArtifactRequestWrapper> client) {
    return new Session(client);
  }

  /** One client. gRPC calls from one thread at a time. */
  private final class Session implements StreamObserver<ArtifactResponseWrapper> {

    private final StreamObserver<ArtifactRequestWrapper> client;
    private String job = "";
    private @Nullable Staging staging;
    private boolean over;

    Session(StreamObserver<ArtifactRequestWrapper> client) {
      this.client = client;
    }

    @Override
    public void onNext(ArtifactResponseWrapper answer) {
      if (over) {
        return;
      }
      try {
        if (staging == null) {
          begin(answer.getStagingToken());
        } else if (staging.answer(answer)) {
          ask(staging);
        }
      } catch (IOException | ArtifactException | RuntimeException e) {
        end();
        client.onError(Answers.status(e));
      }
    }

    private void begin(String token) throws IOException, ArtifactException {
      if (token.isEmpty()) {
        end();
        client.onCompleted();
        return;
      }
      job = token;
      Staging begun = jobs.stage(job);
      staging = begun;
      ask(begun);
    }

    private void ask(Staging from) throws IOException, ArtifactException {
      ArtifactRequestWrapper question = from.next();
      if (question != null) {
        client.onNext(question);
      } else {
        jobs.staged(job, from);
        end();
        client.onCompleted();
      }
    }

    @Override
    public void onError(Throwable failure) {
      LOG.debug("The client that staged for {} has gone", job, failure);
      end();
    }

    @Override
    public void onCompleted() {
      if (!over) {
        end();
        client.onError(
            Status.FAILED_PRECONDITION
                .withDescription("The client has ended the session before all artifacts were there")
                .asRuntimeException());
      }
    }

    private void end() {
      over = true;
      try {
        if (staging != null) {
          staging.close();
        }
      } catch (IOException e) {
        LOG.warn("What was staged for {} could not be cleared away", job, e);
      }
    }
  }
}
