package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TrestlePipelineOptions;
import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.remote.JobServerOptions;
import dev.trestle.translation.PipelineTranslator;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that other machines can reach: code of pipelines runs in workers and nowhere else. */
class OpenServerTest {

  private static final String READY = "ready endpoint=0.0.0.0:";

  @TempDir Path directory;

  private Process server;
  private String endpoint;

  @BeforeEach
  void start() throws IOException {
    server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-cp",
                System.getProperty("java.class.path"),
                TrestleCommand.class.getName(),
                "server",
                "--listen=0.0.0.0",
                "--insecure",
                "--port=0",
                "--directory=" + directory.resolve("server"))
            .redirectErrorStream(true)
            .start();
    BufferedReader out = server.inputReader(UTF_8);
    String line = out.readLine();
    while (line != null && !line.startsWith(READY)) {
      line = out.readLine();
    }
    assertThat("the server starts", line != null);
    endpoint = "localhost:" + line.substring(READY.length());
    Thread rest = new Thread(() -> out.lines().forEach(ignored -> {}), "server-output");
    rest.setDaemon(true);
    rest.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.destroyForcibly().waitFor();
  }

  /** Leaves a trace where it is read. */
  private static final class Trap extends DoFn<Long, Long> {

    private static final long serialVersionUID = 1;

    private final String trace;

    Trap(Path trace) {
      this.trace = trace.toString();
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      Files.writeString(Path.of(trace), "read");
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      out.output(element);
    }
  }

  private RunnerApi.Pipeline trap(Path trace) throws IOException {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(Create.of(1L)).apply("Trap", ParDo.of(new Trap(trace)));
    RunnerApi.Pipeline proto = PipelineTranslator.toProto(pipeline);
    PipelineTranslator.translate(proto);
    assertThat("the trap works", Files.deleteIfExists(trace));
    return proto;
  }

  private Status refusal(RunnerApi.Pipeline pipeline) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(endpoint).usePlaintext().build();
    try {
      return assertThrows(
              StatusRuntimeException.class,
              () ->
                  JobServiceGrpc.newBlockingStub(channel)
                      .prepare(PrepareJobRequest.newBuilder().setPipeline(pipeline).build()))
          .getStatus();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void codeForTheServersOwnProcessIsRefused() throws Exception {
    Path trace = directory.resolve("trace");

    Status refusal = refusal(trap(trace));

    assertThat(refusal.getCode(), is(Status.Code.INVALID_ARGUMENT));
    assertThat(refusal.getDescription(), containsString("to run in the server's own process"));
    assertThat(Files.exists(trace), is(false));
  }

  @Test
  void codeOfNoEnvironmentIsNotEvenRead() throws Exception {
    Path trace = directory.resolve("trace");
    RunnerApi.Pipeline.Builder nowhere = trap(trace).toBuilder();
    nowhere
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, transform) ->
                nowhere
                    .getComponentsBuilder()
                    .putTransforms(id, transform.toBuilder().clearEnvironmentId().build()));

    Status refusal = refusal(nowhere.build());

    assertThat(refusal.getCode(), is(Status.Code.INVALID_ARGUMENT));
    assertThat(Files.exists(trace), is(false));
  }

  /** Its windows, coders and fns are serialized, and the server has to do without reading them. */
  @Test
  void pipelineInJavaRunsInItsWorkers() {
    TrestlePipelineOptions options = PipelineOptionsFactory.as(TrestlePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setParallelism(2);
    options.as(JobServerOptions.class).setEndpoint(endpoint);
    PortablePipelineOptions portable = options.as(PortablePipelineOptions.class);
    portable.setDefaultEnvironmentType("DOCKER");
    portable.setFilesToStage(
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .toList());
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(Create.of(List.of(1L, 2L)))
        .apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))))
        .apply("Trap", ParDo.of(new Trap(directory.resolve("trace"))))
        .apply(Sum.longsGlobally().withoutDefaults());

    PipelineResult.State state = pipeline.run().waitUntilFinish(Duration.standardMinutes(5));

    assertThat(state, is(PipelineResult.State.DONE));
  }
}
