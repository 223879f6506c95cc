package dev.trestle.server.jobs;

import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.EnvironmentCheck;
import dev.trestle.server.environment.EnvironmentSettings;
import dev.trestle.server.environment.JobWorkers;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import dev.trestle.server.environment.WorkerHost;
import dev.trestle.server.environment.WorkerQuota;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * Has jobs' workers started as their environments say.
 *
 * @param server where workers connect; stays the caller's
 * @param settings how they are started
 * @param host what they share; stays the caller's
 * @param quota how many there may be
 */
public record EnvironmentWorkers(
    WorkerServer server, EnvironmentSettings settings, WorkerHost host, WorkerQuota quota)
    implements EngineLauncher.Workforce {

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
    return new JobWorkers(
        server, job, settings, host, SubmittedOptions.sdkWorkers(submission.sdkOptions()), quota);
  }
}
