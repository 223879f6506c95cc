package dev.trestle.server.environment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dev.trestle.runner.worker.ArtifactSource;
import dev.trestle.runner.worker.Descriptors;
import dev.trestle.runner.worker.RecordedBundle;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerBundle;
import dev.trestle.runner.worker.WorkerServer;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactFilePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactStagingToRolePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.DockerPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.ProcessPayload;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/** A server, and workers of a job. */
final class WorkerFixture implements AutoCloseable {

  private static final Coder<WindowedValue<String>> CODER =
      WindowedValues.FullWindowedValueCoder.of(StringUtf8Coder.of(), GlobalWindow.Coder.INSTANCE);

  final BlockingQueue<LogEntry> log = new LinkedBlockingQueue<>();
  final WorkerServer server;
  final EnvironmentSettings settings;
  private final WorkerHost host;
  private final List<JobWorkers> workers = new ArrayList<>();
  private WorkerQuota quota = new WorkerQuota(100);

  WorkerFixture(EnvironmentSettings settings) throws IOException {
    this(settings, WorkerHost.plain());
  }

  WorkerFixture(EnvironmentSettings settings, WorkerHost host) throws IOException {
    this.server = WorkerServer.start();
    this.settings = settings;
    this.host = host;
  }

  /** Settings that look nowhere else, with times that no test reaches. */
  static EnvironmentSettings settings(Path cache) {
    return new EnvironmentSettings(
        Optional.empty(),
        Docker.AS_PROCESS,
        "no-docker",
        Optional.of("no-python"),
        cache,
        Duration.ofMinutes(2),
        Duration.ofMinutes(1));
  }

  static EnvironmentSettings withTimeouts(
      EnvironmentSettings settings, Duration start, Duration stop) {
    return new EnvironmentSettings(
        settings.commands(),
        settings.docker(),
        settings.containerCommand(),
        settings.python(),
        settings.cache(),
        start,
        stop);
  }

  /** Has all jobs share so many workers. */
  void limit(int mostWorkers) {
    quota = new WorkerQuota(mostWorkers);
  }

  JobDescription job() {
    return new JobDescription(
        "job-1", "The job", Struct.getDefaultInstance(), FILES, entry -> log.add(entry));
  }

  JobWorkers workers(int parallelism) {
    JobWorkers started = new JobWorkers(server, job(), settings, host, parallelism, quota);
    workers.add(started);
    return started;
  }

  JobWorkers workers() {
    return workers(1);
  }

  @Override
  public void close() {
    workers.forEach(JobWorkers::close);
    server.close();
  }

  // ---- Environments ----------------------------------------------------------------------------

  static Environment command(Path program) {
    return Environment.newBuilder()
        .setUrn(EnvironmentChoice.PROCESS)
        .setPayload(
            ProcessPayload.newBuilder()
                .setCommand(program.toString())
                .putEnv("GREETING", "hello")
                .build()
                .toByteString())
        .build();
  }

  static Environment image(String image, ArtifactInformation... dependencies) {
    return Environment.newBuilder()
        .setUrn(EnvironmentChoice.DOCKER)
        .setPayload(DockerPayload.newBuilder().setContainerImage(image).build().toByteString())
        .addAllDependencies(List.of(dependencies))
        .build();
  }

  // ---- Files -----------------------------------------------------------------------------------

  /** Artifacts that are files of this machine. */
  static final ArtifactSource FILES = WorkerFixture::open;

  private static InputStream open(ArtifactInformation artifact) throws IOException {
    return Files.newInputStream(
        Path.of(ArtifactFilePayload.parseFrom(artifact.getTypePayload()).getPath()));
  }

  static ArtifactInformation artifact(Path file, String stagedName) {
    return ArtifactInformation.newBuilder()
        .setTypeUrn("beam:artifact:type:file:v1")
        .setTypePayload(
            ArtifactFilePayload.newBuilder().setPath(file.toString()).build().toByteString())
        .setRoleUrn("beam:artifact:role:staging_to:v1")
        .setRolePayload(
            ArtifactStagingToRolePayload.newBuilder()
                .setStagedName(stagedName)
                .build()
                .toByteString())
        .build();
  }

  static Path script(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  // ---- Bundles ---------------------------------------------------------------------------------

  static List<String> echo(SdkWorker worker, String... elements) throws Exception {
    RecordedBundle heard = begin(worker, elements);
    heard.awaitDone();
    List<String> values = new ArrayList<>();
    for (ByteString piece : heard.elements) {
      InputStream bytes = piece.newInput();
      while (bytes.available() > 0) {
        values.add(CODER.decode(bytes).getValue());
      }
    }
    return values;
  }

  static RecordedBundle begin(SdkWorker worker, String... elements) throws IOException {
    RecordedBundle heard = new RecordedBundle();
    begin(worker, new Echo(), heard, elements);
    return heard;
  }

  static WorkerBundle begin(
      SdkWorker worker, DoFn<String, String> fn, RecordedBundle heard, String... elements)
      throws IOException {
    String descriptor =
        worker.register(Descriptors.of(fn, StringUtf8Coder.of(), StringUtf8Coder.of()));
    WorkerBundle bundle = worker.begin(descriptor, List.of(), heard);
    ByteString.Output bytes = ByteString.newOutput();
    for (String element : elements) {
      CODER.encode(WindowedValues.valueInGlobalWindow(element), bytes);
    }
    bundle.send(Descriptors.INPUT, bytes.toByteString());
    bundle.endOfInput();
    return bundle;
  }

  /** Waits until there are no children: one that has just ended is still there, without a name. */
  static void awaitNoChildren() throws InterruptedException {
    long start = System.nanoTime();
    while (!children().isEmpty()) {
      assertThat(
          children().toString(),
          System.nanoTime() - start,
          is(lessThan(TimeUnit.SECONDS.toNanos(60))));
      Thread.sleep(10);
    }
  }

  /** Those that this process has started, and theirs, but for the one that watches over them. */
  static List<ProcessHandle> children() {
    return ProcessHandle.current()
        .descendants()
        .filter(each -> !each.info().commandLine().orElse("").contains(Reaper.NAME))
        .toList();
  }
}
