package dev.trestle.server.jobs;

import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.EnvironmentSettings;
import dev.trestle.server.environment.JobWorkers;
import dev.trestle.server.environment.JobWorkers.JobDescription;

/**
 * Has jobs' workers started as their environments say.
 *
 * @param server where workers connect; stays the caller's
 * @param settings how they are started
 */
public record EnvironmentWorkers(WorkerServer server, EnvironmentSettings settings)
    implements EngineLauncher.Workforce {

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
        server, job, settings, SubmittedOptions.sdkWorkers(submission.sdkOptions()));
  }
}
