package dev.trestle.benchmarks.submissions;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * Jobs of some kinds in turn: grouped and summed, a splittable DoFn in windows, one that fails, and
 * now and then one whose worker is a process. All others have it in the server's. Any thread may
 * call.
 */
final class SmallJobs {

  private static final int KINDS = 3;

  /** One of so many starts a process. */
  private static final int PROCESS_EVERY = 25;

  private final String endpoint;

  /**
   * @param endpoint of the server
   */
  SmallJobs(String endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Runs one to its end.
   *
   * @throws IllegalStateException if it does not end as it should
   */
  void run(int number) {
    boolean process = number % PROCESS_EVERY == 0;
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=TrestleRunner",
                "--endpoint=" + endpoint,
                "--jobName=small-" + number,
                "--parallelism=2",
                "--defaultEnvironmentType=" + (process ? "PROCESS" : "EMBEDDED"),
                "--defaultEnvironmentConfig=" + (process ? "{}" : ""))
            .create();
    Pipeline pipeline = Pipeline.create(options);
    boolean fails = number % KINDS == 2;
    switch (number % KINDS) {
      case 0 -> sums(pipeline);
      case 1 -> counts(pipeline);
      default -> fails(pipeline);
    }
    PipelineResult.State end = endOf(pipeline);
    if (end != (fails ? PipelineResult.State.FAILED : PipelineResult.State.DONE)) {
      throw new IllegalStateException("it is " + end);
    }
  }

  /** Trestle throws what has made a job fail. */
  private static PipelineResult.State endOf(Pipeline pipeline) {
    try {
      return pipeline.run().waitUntilFinish();
    } catch (Pipeline.PipelineExecutionException e) {
      return PipelineResult.State.FAILED;
    }
  }

  private static void sums(Pipeline pipeline) {
    PCollection<Long> numbers = pipeline.apply(Create.of(1L, 2L, 3L));
    numbers.apply(WithKeys.of("all")).apply(Sum.longsPerKey());
  }

  private static void counts(Pipeline pipeline) {
    pipeline
        .apply(GenerateSequence.from(0).to(1000))
        .apply(Window.into(FixedWindows.of(Duration.standardSeconds(1))))
        .apply(Count.perElement());
  }

  private static void fails(Pipeline pipeline) {
    pipeline.apply(Create.of("no number")).apply(new FailingSum());
  }
}
