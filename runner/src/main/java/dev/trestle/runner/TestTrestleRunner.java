package dev.trestle.runner;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestPipelineOptions;
import org.joda.time.Duration;

/**
 * Runs the pipelines of tests: waits until the job has ended, so that a failed assertion fails the
 * test. {@code TestPipelineOptions.getTestTimeoutSeconds} bounds the wait.
 */
public final class TestTrestleRunner extends PipelineRunner<TrestlePipelineResult> {

  private final PipelineOptions options;

  private TestTrestleRunner(PipelineOptions options) {
    this.options = options;
  }

  /** A runner, as {@link TestPipeline} asks for it. */
  public static TestTrestleRunner fromOptions(PipelineOptions options) {
    return new TestTrestleRunner(options);
  }

  @Override
  public TrestlePipelineResult run(Pipeline pipeline) {
    TrestlePipelineResult result = TrestleRunner.fromOptions(options).run(pipeline);
    Long seconds = options.as(TestPipelineOptions.class).getTestTimeoutSeconds();
    if (seconds == null) {
      result.waitUntilFinish();
    } else if (result.waitUntilFinish(Duration.standardSeconds(seconds)) == null) {
      result.cancel();
      throw new IllegalStateException("The pipeline did not end within " + seconds + " s");
    }
    return result;
  }
}
