package dev.trestle.runner.remote;

import dev.trestle.runner.control.JobControl;
import dev.trestle.runner.control.JobStatus;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.engine.RunningJob.State;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobInfo;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;

/** The verbs for a job at a server. */
public final class RemoteJobControl implements JobControl {

  private final JobServerClient client;
  private final JobInfo job;

  /** The control of a job; the connection stays its owner's. */
  public RemoteJobControl(JobServerClient client, JobInfo job) {
    this.client = client;
    this.job = job;
  }

  @Override
  public JobStatus status() throws IOException {
    return new JobStatus(job.getJobName(), asked(this::state), 0, 0);
  }

  @Override
  public String savepoint() throws IOException, InterruptedException {
    return place(client.savepoint(job.getJobId()));
  }

  @Override
  public String stop() throws IOException, InterruptedException {
    String place = place(client.stop(job.getJobId()));
    awaitEnd();
    return place;
  }

  private static String place(CompletableFuture<String> asked)
      throws IOException, InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw thrown(Refusals.of(e.getCause() == null ? e : e.getCause()));
    }
  }

  @Override
  public State drain() throws IOException, InterruptedException {
    asked(
        () -> {
          client.drain(job.getJobId());
          return State.RUNNING;
        });
    return awaitEnd();
  }

  @Override
  public State cancel() throws IOException, InterruptedException {
    asked(() -> client.cancel(job.getJobId()));
    return awaitEnd();
  }

  private State awaitEnd() throws IOException, InterruptedException {
    try {
      new JobFollower(client, job.getJobId(), message -> {}).follow();
      return state();
    } catch (StatusRuntimeException e) {
      throw thrown(Refusals.of(e));
    }
  }

  private State state() {
    JobState.Enum state = client.state(job.getJobId());
    return switch (state) {
      case DONE, DRAINED, UPDATED -> State.DONE;
      case FAILED -> State.FAILED;
      case CANCELLED -> State.CANCELLED;
      default -> State.RUNNING;
    };
  }

  private static <T> T asked(Supplier<T> question) throws IOException {
    try {
      return question.get();
    } catch (StatusRuntimeException e) {
      throw thrown(Refusals.of(e));
    }
  }

  private static IOException thrown(Exception failure) {
    if (failure instanceof JobRefusal refusal) {
      throw refusal;
    }
    return failure instanceof IOException io ? io : new IOException(failure);
  }
}
