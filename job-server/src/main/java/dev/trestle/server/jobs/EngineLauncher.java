package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.assembly.Assembly;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.EnvironmentSettings;
import dev.trestle.server.environment.JobWorkers;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import dev.trestle.translation.PipelineTranslator;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.sdk.metrics.MetricsEnvironment;

/** Runs jobs with the engine, in this process; SDK workers connect to it. */
public final class EngineLauncher implements JobLauncher {

  private final WorkerServer server;
  private final EnvironmentSettings environments;

  /**
   * @param server where workers connect; stays the caller's
   * @param environments how workers are started
   */
  public EngineLauncher(WorkerServer server, EnvironmentSettings environments) {
    this.server = server;
    this.environments = environments;
  }

  @Override
  public void check(Pipeline pipeline, TrestlePipelineOptions options) {
    TrestleRunner.fromOptions(options);
    PipelineTranslator.translate(pipeline);
  }

  @Override
  public RunningJob launch(Submission submission, JobMessages messages) {
    MetricsEnvironment.setMetricsSupported(true);
    return Assembly.start(
        PipelineTranslator.translate(submission.pipeline()),
        submission.options(),
        () -> workers(submission, messages));
  }

  private SdkWorkers workers(Submission submission, JobMessages messages) {
    JobDescription job =
        new JobDescription(
            submission.job(),
            submission.options().getJobName(),
            submission.sdkOptions(),
            submission.artifacts(),
            new WorkerMessages(messages));
    return new JobWorkers(
        server, job, environments, SubmittedOptions.sdkWorkers(submission.sdkOptions()));
  }
}
