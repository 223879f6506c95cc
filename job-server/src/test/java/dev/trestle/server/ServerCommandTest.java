package dev.trestle.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import dev.trestle.runner.TrestleRunner;
import dev.trestle.runner.remote.JobServerClient;
import dev.trestle.server.cli.Terminal;
import dev.trestle.translation.PipelineTranslator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobApi.PrepareJobResponse;
import org.apache.beam.model.jobmanagement.v1.JobApi.RunJobRequest;
import org.apache.beam.model.jobmanagement.v1.JobServiceGrpc;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.ManagedChannel;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.netty.NettyChannelBuilder;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code trestle server}, and the commands for jobs that it runs. */
class ServerCommandTest {

  private static final Pattern READY = Pattern.compile("ready endpoint=(\\S+)\n");
  private static final int REFUSED = 2;

  @TempDir Path directory;

  /** Other tests may run on the machine. */
  private final String name = "numbers-" + UUID.randomUUID();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private Thread server;
  private String endpoint;

  @BeforeEach
  void start() throws Exception {
    Terminal terminal = new Terminal(new PrintStream(out, true, UTF_8), System.err);
    server =
        new Thread(
            () -> TrestleCommand.run(terminal, "server", "--port=0", "--directory=" + directory),
            "server-command");
    server.start();
    Matcher ready = READY.matcher(out.toString(UTF_8));
    while (!ready.find()) {
      assertThat("the server runs", server.isAlive(), is(true));
      Thread.sleep(10);
      ready = READY.matcher(out.toString(UTF_8));
    }
    endpoint = ready.group(1);
  }

  @AfterEach
  void end() throws InterruptedException {
    server.interrupt();
    server.join();
  }

  /** Has the server run a pipeline of this JVM, with its own hands. */
  private String submit() {
    return submit(Pipeline.create(), PipelineTranslator::toProto, Struct.getDefaultInstance());
  }

  private String submit(
      Pipeline pipeline, Function<Pipeline, RunnerApi.Pipeline> toProto, Struct options) {
    pipeline
        .apply(GenerateSequence.from(0).withRate(10, Duration.millis(10)))
        .apply(
            "Count",
            MapElements.into(TypeDescriptors.longs())
                .via(
                    n -> {
                      Metrics.counter("test", "numbers").inc();
                      return n;
                    }));
    ManagedChannel channel = NettyChannelBuilder.forTarget(endpoint).usePlaintext().build();
    try {
      JobServiceGrpc.JobServiceBlockingStub jobs = JobServiceGrpc.newBlockingStub(channel);
      PrepareJobResponse prepared =
          jobs.prepare(
              PrepareJobRequest.newBuilder()
                  .setJobName(name)
                  .setPipeline(toProto.apply(pipeline))
                  .setPipelineOptions(options)
                  .build());
      return jobs.run(
              RunJobRequest.newBuilder().setPreparationId(prepared.getPreparationId()).build())
          .getJobId();
    } finally {
      channel.shutdownNow();
    }
  }

  /** For workers, whose files are here. */
  private static RunnerApi.Pipeline forWorkers(Pipeline pipeline) {
    RunnerApi.Pipeline.Builder proto =
        PipelineTranslation.toProto(pipeline, SdkComponents.create(pipeline.getOptions()), false)
            .toBuilder();
    Components.Builder components = proto.getComponentsBuilder();
    components
        .getEnvironmentsMap()
        .forEach(
            (id, each) ->
                components.putEnvironments(id, each.toBuilder().clearDependencies().build()));
    return proto.build();
  }

  @Test
  void elementsOnTheirWayAreShown() throws Exception {
    PortablePipelineOptions options =
        PipelineOptionsFactory.create().as(PortablePipelineOptions.class);
    options.setRunner(TrestleRunner.class);
    options.setDefaultEnvironmentType("EMBEDDED");
    Value sampling = Value.newBuilder().setStringValue("enable_data_sampling").build();
    String id =
        submit(
            Pipeline.create(options),
            ServerCommandTest::forWorkers,
            Struct.newBuilder()
                .putFields(
                    "beam:option:experiments:v1",
                    Value.newBuilder()
                        .setListValue(ListValue.newBuilder().addValues(sampling))
                        .build())
                .build());
    Command shown = Command.run("samples", name);
    while (shown.exitCode() == 0 && !shown.out().contains("Count/Map")) {
      Thread.sleep(10);
      shown = Command.run("samples", name);
    }
    assertThat(shown.err() + shown.out(), containsString("\n  0\n"));
    String json = Command.run("samples", "--json", id).out();
    assertThat(json, startsWith("["));
    Command.run("cancel", id);
    Command ended = Command.run("samples", id);
    assertThat(ended.exitCode(), is(REFUSED));
    assertThat(ended.err(), containsString("it is CANCELLED"));
  }

  @Test
  void jobIsFoundByNameAndById() throws Exception {
    String id = submit();

    Command byName = Command.run("show", name);
    Command byId = Command.run("show", "--json", id);

    assertThat(byName.out(), allOf(containsString("id     " + id), containsString(endpoint)));
    assertThat(byId.out(), containsString("\"name\" : \"" + name + "\""));
    assertThat(Command.run("jobs").out(), containsString(name));
    assertThat(Command.run("jobs", "--endpoint=" + endpoint).out(), containsString(id));
    assertThat(
        Command.run("jobs", "--json", "--endpoint=" + endpoint).out(),
        containsString("\"id\" : \"" + id + "\""));
    assertThat(Command.run("cancel", id).out(), is("CANCELLED\n"));
    assertThat(Command.run("jobs").out(), not(containsString(name)));
    assertThat(Command.run("jobs", "--all").out(), containsString(name));
  }

  @Test
  void savepointDrainLogsAndMetrics() throws Exception {
    String id = submit();
    try (JobServerClient client = JobServerClient.connect(endpoint, null, null)) {
      while (!Command.run("metrics", name).out().contains("test:numbers")) {
        Thread.sleep(10);
      }
      Command savepoint = Command.run("savepoint", name);
      assertThat(savepoint.err(), is(""));
      assertThat(savepoint.out(), containsString(directory.resolve("checkpoints").toString()));
      assertThat(Command.run("drain", name).out(), is("DONE\n"));
      assertThat(
          Command.run("logs", id).out(),
          allOf(
              containsString("STATE RUNNING"),
              containsString("STATE DRAINING"),
              containsString("STATE DONE")));
      assertThat(Command.run("logs", "--json", id).out(), containsString("\"text\":\"DONE\""));
      assertThat(
          Command.run("metrics", "--json", id).out(), containsString("\"step\" : \"Count/Map"));
      assertThat(client.list().size(), is(1));
    }
  }

  @Test
  void sameNameTwiceHasToBeSaidById() {
    String first = submit();
    String second = submit();

    Command command = Command.run("cancel", name);

    assertThat(command.exitCode(), is(REFUSED));
    assertThat(command.err(), allOf(containsString(first), containsString(second)));
    Command.run("cancel", first);
    assertThat(Command.run("cancel", name).out(), is("CANCELLED\n"));
  }

  @Test
  void unknownJobAndServerAreTold() {
    Command job = Command.run("show", "--endpoint=" + endpoint, "nobody");
    Command server = Command.run("jobs", "--endpoint=localhost:1");

    assertThat(job.exitCode(), is(REFUSED));
    assertThat(job.err(), containsString("No job 'nobody' is at " + endpoint));
    assertThat(server.exitCode(), is(1));
    assertThat(server.err(), containsString("the job server at localhost:1 answers UNAVAILABLE"));
  }

  @Test
  void healthIsThatOfAServer() {
    Command serving = Command.run("health", "--endpoint=" + endpoint);
    Command nobody = Command.run("health", "--endpoint=localhost:1");

    assertThat(serving.out(), is(endpoint + "  serves\n"));
    assertThat(serving.exitCode(), is(0));
    assertThat(Command.run("health").out(), containsString(endpoint + "  serves\n"));
    assertThat(nobody.err(), containsString("localhost:1: UNAVAILABLE"));
    assertThat(nobody.exitCode(), is(1));
  }

  @Test
  void directoryOfAnotherServerIsRefused() {
    Command command = Command.run("server", "--port=0", "--directory=" + directory);

    assertThat(command.exitCode(), is(REFUSED));
    assertThat(command.err(), containsString("the server cannot be started: The job table at"));
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    Command open = Command.run("server", "--listen=0.0.0.0");
    Command pointless = Command.run("server", "--insecure");
    Command half = Command.run("server", "--certificates=cert.pem");
    Command container = Command.run("server", "--container-command=podman");
    Command workers = Command.run("server", "--worker-listen=0.0.0.0:0", "--worker-host=it");
    Command nowhere = Command.run("server", "--worker-listen=0.0.0.0:0", "--insecure");
    Command nobody = Command.run("server", "--worker-host=it");
    Command port = Command.run("server", "--worker-listen=localhost:many");
    Command none = Command.run("server", "--max-workers=0");

    assertThat(open.err(), containsString("--insecure"));
    assertThat(pointless.err(), containsString("--insecure has no effect"));
    assertThat(half.err(), containsString("--certificates and --key go together"));
    assertThat(container.err(), containsString("no effect without --docker=RUN"));
    assertThat(workers.err(), containsString("without TLS: say --insecure"));
    assertThat(nowhere.err(), containsString("say by --worker-host how they find it"));
    assertThat(nobody.err(), containsString("no effect without --worker-listen"));
    assertThat(port.err(), containsString("--worker-listen=localhost:many has to be HOST:PORT"));
    assertThat(none.err(), containsString("--max-workers must be at least 1"));
    for (Command each :
        List.of(open, pointless, half, container, workers, nowhere, nobody, port, none)) {
      assertThat(each.exitCode(), is(REFUSED));
    }
  }
}
