package dev.trestle.runner;

import dev.trestle.runner.assembly.Assembly;
import dev.trestle.runner.control.ControlDirectory;
import dev.trestle.runner.control.ControlServer;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.remote.JobServerOptions;
import dev.trestle.runner.remote.RemoteSubmission;
import dev.trestle.translation.PipelineTranslator;
import dev.trestle.translation.graph.OperatorGraph;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsValidator;

/**
 * Runs pipelines: {@code --runner=TrestleRunner}; in this process, or with {@code
 * --endpoint=host:port} at a job server. {@link #run} returns as soon as the job has started; the
 * job goes on, also when the main thread ends, until its input does.
 */
public final class TrestleRunner extends PipelineRunner<TrestlePipelineResult> {

  private final TrestlePipelineOptions options;

  private TrestleRunner(TrestlePipelineOptions options) {
    this.options = options;
  }

  /**
   * A runner, as {@code Pipeline} asks for it.
   *
   * @throws IllegalArgumentException naming the option whose value is out of range
   */
  public static TrestleRunner fromOptions(PipelineOptions options) {
    TrestlePipelineOptions own =
        PipelineOptionsValidator.validate(TrestlePipelineOptions.class, options);
    OptionRanges.check(own);
    return new TrestleRunner(own);
  }

  /**
   * Starts a pipeline.
   *
   * @throws UnsupportedPipelineException naming everything in it that Trestle does not do
   * @throws IllegalArgumentException if a job server refuses it
   */
  @Override
  public TrestlePipelineResult run(Pipeline pipeline) {
    FileSystems.setDefaultPipelineOptions(options);
    JobServerOptions server = options.as(JobServerOptions.class);
    if (server.getEndpoint() != null) {
      RunningJob job = RemoteSubmission.submit(pipeline, server);
      MetricsPush.start(job, options.as(MetricsOptions.class));
      return new TrestlePipelineResult(options.getJobName(), job);
    }
    return runHere(pipeline);
  }

  private TrestlePipelineResult runHere(Pipeline pipeline) {
    MetricsEnvironment.setMetricsSupported(true);
    OperatorGraph graph = PipelineTranslator.translate(pipeline);
    RunningJob job = Assembly.start(graph, options);
    TrestlePipelineResult result = new TrestlePipelineResult(options.getJobName(), job);
    if (!graph.bounded() || options.isStreaming() || options.getCheckpointDir() != null) {
      ControlServer.start(ControlDirectory.ofUser(), options.getJobName(), job);
    }
    MetricsPush.start(job, options.as(MetricsOptions.class));
    return result;
  }
}
