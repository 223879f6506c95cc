package dev.trestle.server.service;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.engine.RunningJob;
import dev.trestle.runner.worker.Sample;
import dev.trestle.server.jobs.JobLauncher;
import dev.trestle.server.jobs.JobMessages;
import dev.trestle.server.jobs.Submission;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** Starts {@link FakeJob}s, and remembers them. */
final class FakeLauncher implements JobLauncher {

  /** A job that was started. */
  record Launch(Submission submission, JobMessages messages, FakeJob job) {}

  private final BlockingQueue<Launch> launches = new LinkedBlockingQueue<>();
  private final Function<Submission, FakeJob> jobs;

  FakeLauncher() {
    this(submission -> new FakeJob());
  }

  FakeLauncher(Function<Submission, FakeJob> jobs) {
    this.jobs = jobs;
  }

  @Override
  public void check(Pipeline pipeline, TrestlePipelineOptions options, Struct sdkOptions) {
    TrestleRunner.fromOptions(options);
  }

  @Override
  public RunningJob launch(Submission submission, JobMessages messages) {
    FakeJob job = jobs.apply(submission);
    launches.add(new Launch(submission, messages, job));
    return job;
  }

  @Override
  public CompletableFuture<List<Sample>> samples(String job) {
    return CompletableFuture.completedFuture(
        List.of(
            new Sample("c", "Split", "\"word\"", "", ""),
            new Sample("c", "Split", "\"\"", "Pair", "ValueError: empty")));
  }

  /** The next job that is started. */
  Launch next() throws InterruptedException {
    Launch launch = launches.poll(60, TimeUnit.SECONDS);
    if (launch == null) {
      throw new AssertionError("No job is started");
    }
    return launch;
  }

  boolean isIdle() {
    return launches.isEmpty();
  }
}
