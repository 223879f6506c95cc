package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.trestle.server.jobs.JobLimits;
import dev.trestle.translation.PipelineTranslator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.JobApi.GetJobsRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs, one after the other: nothing is left of those that are forgotten. */
class SubmissionsTest {

  private static final int WARM_UP = 30;
  private static final int JOBS = 60;
  private static final int KEPT = 5;

  /** For what the JVM and gRPC start and stop on their own. */
  private static final int TOLERANCE = 10;

  @TempDir Path directory;

  private static void submit(TestServer server) {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(1L, 2L, 3L)).apply(WithKeys.of("all")).apply(Sum.longsPerKey());
    String id =
        server.prepare(
            PipelineTranslator.toProto(pipeline),
            Map.of("parallelism", Value.newBuilder().setStringValue("2").build()));
    server.run(id);
    assertThat(server.awaitEnd(id), is(JobState.Enum.DONE));
  }

  private static int openFiles() {
    return (int)
        ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getOpenFileDescriptorCount();
  }

  private long filesBeneath() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void nothingAddsUp() throws Exception {
    try (TestServer server =
        TestServer.start(
            directory, new ThisJvmLauncher(), new JobLimits(10, KEPT, Duration.ofDays(1)))) {
      for (int n = 0; n < WARM_UP; n++) {
        submit(server);
      }
      int threads = Thread.activeCount();
      int files = openFiles();
      long onDisk = filesBeneath();
      for (int n = 0; n < JOBS; n++) {
        submit(server);
      }

      assertThat(Thread.activeCount(), is(lessThanOrEqualTo(threads + TOLERANCE)));
      assertThat(openFiles(), is(lessThanOrEqualTo(files + TOLERANCE)));
      assertThat(filesBeneath(), is(lessThanOrEqualTo(onDisk + TOLERANCE)));
      assertThat(
          server.jobs().getJobs(GetJobsRequest.getDefaultInstance()).getJobInfoCount(),
          is(lessThanOrEqualTo(KEPT + 1)));
    }
  }
}
