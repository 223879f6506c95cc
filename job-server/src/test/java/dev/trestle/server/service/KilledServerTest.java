package dev.trestle.server.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestlePipelineResult;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.remote.JobServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed, and comes back at the same port, while a client follows its job. */
class KilledServerTest {

  private static final int KILLS = 2;

  @TempDir Path directory;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void killAll() {
    processes.forEach(Process::destroyForcibly);
  }

  /** Starts a server, and answers its port. */
  private int start(int port) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-cp",
                System.getProperty("java.class.path"),
                ServerMain.class.getName(),
                String.valueOf(port),
                directory.resolve("server").toString())
            .redirectErrorStream(true)
            .start();
    processes.add(process);
    BufferedReader out = process.inputReader(UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("port ")) {
        Thread rest = new Thread(() -> out.lines().forEach(ignored -> {}), "server-output");
        rest.setDaemon(true);
        rest.start();
        return Integer.parseInt(line.substring("port ".length()));
      }
    }
    throw new AssertionError("The server does not start");
  }

  private void kill() throws InterruptedException {
    processes.get(processes.size() - 1).destroyForcibly().waitFor();
  }

  /** Counts what goes through. */
  static final class Counting extends DoFn<Long, Long> {
    private final Counter counter = Metrics.counter(Counting.class, "elements");

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> output) {
      counter.inc();
      output.output(element);
    }
  }

  private TrestlePipelineResult submit(int port) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "staged");
    TrestlePipelineOptions options = PipelineOptionsFactory.as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setParallelism(2);
    options.setCheckpointInterval(100);
    options.as(JobServerOptions.class).setEndpoint("localhost:" + port);
    options.as(PortablePipelineOptions.class).setFilesToStage(List.of(file.toString()));
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(GenerateSequence.from(0).withRate(10, Duration.millis(10)))
        .apply(ParDo.of(new Counting()));
    return (TrestlePipelineResult) pipeline.run();
  }

  private static long committed(TrestlePipelineResult job) {
    long count = 0;
    for (MetricResult<Long> result :
        job.metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(Counting.class, "elements"))
                    .build())
            .getCounters()) {
      count = result.getCommittedOrNull() == null ? 0 : result.getCommitted();
    }
    return count;
  }

  private static void awaitCommitted(TrestlePipelineResult job, long more)
      throws InterruptedException {
    while (committed(job) < more) {
      Thread.sleep(20);
    }
  }

  @Test
  void clientFollowsTheJobThroughKills() throws Exception {
    int port = start(0);
    TrestlePipelineResult job = submit(port);
    awaitCommitted(job, 50);
    long before = committed(job);
    for (int n = 0; n < KILLS; n++) {
      kill();
      assertThat(start(port), is(port));
      assertThat(committed(job), is(greaterThan(before - 1)));
      before = committed(job);
      awaitCommitted(job, before + 50);
      assertThat(job.getState(), is(State.RUNNING));
    }

    assertThat(job.drain(), is(State.DONE));
    assertThat(committed(job), is(greaterThan(before)));
  }
}
