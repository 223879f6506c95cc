package dev.trestle.server.jobs;

import dev.trestle.runner.worker.Sample;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.EnvironmentCheck;
import dev.trestle.server.environment.EnvironmentSettings;
import dev.trestle.server.environment.JobWorkers;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import dev.trestle.server.environment.WorkerHost;
import dev.trestle.server.environment.WorkerQuota;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** Has jobs' workers started as their environments say. Any thread may call. */
public final class EnvironmentWorkers implements EngineLauncher.Workforce {

  private final WorkerServer server;
  private final EnvironmentSettings settings;
  private final WorkerHost host;
  private final WorkerQuota quota;

  /** Those of the jobs' last attempts, by job. */
  private final ConcurrentMap<String, JobWorkers> live = new ConcurrentHashMap<>();

  /**
   * No workers so far.
   *
   * @param server where workers connect; stays the caller's
   * @param settings how they are started
   * @param host what they share; stays the caller's
   * @param quota how many there may be
   */
  public EnvironmentWorkers(
      WorkerServer server, EnvironmentSettings settings, WorkerHost host, WorkerQuota quota) {
    this.server = server;
    this.settings = settings;
    this.host = host;
    this.quota = quota;
  }

  @Override
  public void check(Pipeline pipeline, Struct sdkOptions) {
    new EnvironmentCheck(settings, quota).check(pipeline, SubmittedOptions.sdkWorkers(sdkOptions));
  }

  @Override
  public SdkWorkers of(Submission submission, JobMessages messages) {
    JobDescription job =
        new JobDescription(
            submission.job(),
            submission.options().getJobName(),
            submission.sdkOptions(),
            submission.artifacts(),
            new WorkerMessages(submission.job(), messages));
    JobWorkers workers =
        new JobWorkers(
            server,
            job,
            settings,
            host,
            SubmittedOptions.sdkWorkers(submission.sdkOptions()),
            quota);
    live.put(submission.job(), workers);
    return new OfAttempt(submission.job(), workers);
  }

  @Override
  public CompletableFuture<List<Sample>> samples(String job) {
    JobWorkers workers = live.get(job);
    return workers == null ? CompletableFuture.completedFuture(List.of()) : workers.samples();
  }

  /** Workers that are known until they are let go of. */
  private final class OfAttempt implements SdkWorkers {

    private final String job;
    private final JobWorkers workers;

    OfAttempt(String job, JobWorkers workers) {
      this.job = job;
      this.workers = workers;
    }

    @Override
    public SdkWorker worker(Environment environment, int taskIndex)
        throws WorkerException, InterruptedException {
      return workers.worker(environment, taskIndex);
    }

    @Override
    public void close() {
      live.remove(job, workers);
      workers.close();
    }
  }
}
