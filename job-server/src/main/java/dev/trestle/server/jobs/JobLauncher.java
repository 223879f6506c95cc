package dev.trestle.server.jobs;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.Sample;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** Has pipelines run. Any thread may call. */
public interface JobLauncher {

  /**
   * Looks whether a pipeline could be run.
   *
   * @param options the runner's own
   * @param sdkOptions all, as they were submitted
   * @throws UnsupportedPipelineException naming everything that Trestle does not do
   * @throws IllegalArgumentException if it contradicts itself, an option is out of range, or there
   *     are no workers for it
   */
  void check(Pipeline pipeline, TrestlePipelineOptions options, Struct sdkOptions);

  /**
   * Starts a job, and goes on from its last checkpoint if it has one. May take its time; is
   * interrupted when nobody wants the job any more.
   *
   * @param messages for what its workers say
   * @throws Exception if it cannot be started; the message is for the user
   */
  RunningJob launch(Submission submission, JobMessages messages) throws Exception;

  /** What the workers of a job have sampled since they were asked last; none if it has none. */
  CompletableFuture<List<Sample>> samples(String job);
}
