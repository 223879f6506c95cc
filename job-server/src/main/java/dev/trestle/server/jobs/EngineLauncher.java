package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.assembly.Assembly;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.Sample;
import dev.trestle.runner.worker.SdkWorkers;
import dev.trestle.translation.PipelineTranslator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** Runs jobs with the engine, in this process. */
public final class EngineLauncher implements JobLauncher {

  /** Where jobs have their SDK workers from. Any thread may call. */
  public interface Workforce {

    /**
     * Looks whether a pipeline that is submitted could have its workers; starts none.
     *
     * @throws IllegalArgumentException naming a transform that could not, and why
     */
    void check(Pipeline pipeline, Struct sdkOptions);

    /** The workers of one attempt at a job, none of which is started yet. */
    SdkWorkers of(Submission submission, JobMessages messages);

    /** What the workers of a job have sampled since they were asked last; none if it has none. */
    CompletableFuture<List<Sample>> samples(String job);
  }

  private final Workforce workforce;

  public EngineLauncher(Workforce workforce) {
    this.workforce = workforce;
  }

  @Override
  public void check(Pipeline pipeline, TrestlePipelineOptions options, Struct sdkOptions) {
    TrestleRunner.fromOptions(options);
    workforce.check(pipeline, sdkOptions);
    PipelineTranslator.translate(pipeline);
  }

  @Override
  public RunningJob launch(Submission submission, JobMessages messages) {
    FileSystems.setDefaultPipelineOptions(submission.options());
    MetricsEnvironment.setMetricsSupported(true);
    return Assembly.start(
        PipelineTranslator.translate(submission.pipeline()),
        submission.options(),
        () -> workforce.of(submission, messages));
  }

  @Override
  public CompletableFuture<List<Sample>> samples(String job) {
    return workforce.samples(job);
  }
}
