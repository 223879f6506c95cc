package dev.trestle.server.service;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.Sample;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.server.jobs.EngineLauncher;
import dev.trestle.server.jobs.JobLauncher;
import dev.trestle.server.jobs.JobMessages;
import dev.trestle.server.jobs.Submission;
import dev.trestle.translation.ThisJvm;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** Has the engine call the fns of Java pipelines itself, whatever environment they ask for. */
public final class ThisJvmLauncher implements JobLauncher {

  private final EngineLauncher engine =
      new EngineLauncher(
          new EngineLauncher.Workforce() {
            @Override
            public void check(Pipeline pipeline, Struct sdkOptions) {}

            @Override
            public SdkWorkers of(Submission submission, JobMessages messages) {
              return SdkWorkers.none();
            }

            @Override
            public CompletableFuture<List<Sample>> samples(String job) {
              return CompletableFuture.completedFuture(List.of());
            }
          });

  @Override
  public void check(Pipeline pipeline, TrestlePipelineOptions options, Struct sdkOptions) {
    engine.check(here(pipeline), options, sdkOptions);
  }

  @Override
  public RunningJob launch(Submission submission, JobMessages messages) {
    return engine.launch(
        new Submission(
            submission.job(),
            here(submission.pipeline()),
            submission.options(),
            submission.sdkOptions(),
            submission.artifacts()),
        messages);
  }

  @Override
  public CompletableFuture<List<Sample>> samples(String job) {
    return engine.samples(job);
  }

  private static Pipeline here(Pipeline pipeline) {
    Pipeline.Builder builder = pipeline.toBuilder();
    Environment here = ThisJvm.environment();
    pipeline
        .getComponents()
        .getEnvironmentsMap()
        .keySet()
        .forEach(id -> builder.getComponentsBuilder().putEnvironments(id, here));
    return builder.build();
  }
}
