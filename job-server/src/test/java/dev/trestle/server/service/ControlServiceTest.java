package dev.trestle.server.service;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.engine.RunningJob.State;
import dev.trestle.runner.remote.JobServerClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.model.jobmanagement.v1.JobApi.JobState;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlServiceTest {

  private static final Map<String, Value> SAMPLING =
      Map.of(
          "experiments",
          Value.newBuilder()
              .setListValue(
                  ListValue.newBuilder()
                      .addValues(Value.newBuilder().setStringValue("enable_data_sampling")))
              .build());

  @TempDir Path directory;

  private final FakeLauncher launcher = new FakeLauncher();
  private TestServer server;
  private JobServerClient client;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start(directory, launcher);
    client = JobServerClient.connect(server.endpoint(), null, null);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void drainedJobIsDone() throws Exception {
    String id = server.run(server.prepare());
    FakeJob job = launcher.next().job();
    server.awaitRunning(id);

    client.drain(id);

    assertThat(server.state(id), is(JobState.Enum.DRAINING));
    assertThat(job.draining(), is(true));
    job.end(State.DONE);
    assertThat(server.awaitEnd(id), is(JobState.Enum.DONE));
  }

  @Test
  void savepointAnswersItsPlace() throws Exception {
    String id = server.run(server.prepare());
    launcher.next();
    server.awaitRunning(id);

    assertThat(place(client.savepoint(id)), is("/savepoints/1"));
    assertThat(server.state(id), is(JobState.Enum.RUNNING));
    assertThat(place(client.stop(id)), is("/savepoints/2"));
    assertThat(server.awaitEnd(id), is(JobState.Enum.CANCELLED));
  }

  private static String place(CompletableFuture<String> savepoint) throws Exception {
    return savepoint.get(60, TimeUnit.SECONDS);
  }

  @Test
  void jobThatDoesNotRunIsRefused() {
    String id = server.prepare();

    StatusRuntimeException drain =
        assertThrows(StatusRuntimeException.class, () -> client.drain(id));
    ExecutionException savepoint =
        assertThrows(ExecutionException.class, () -> place(client.savepoint(id)));

    assertThat(drain.getStatus().getCode(), is(Status.Code.FAILED_PRECONDITION));
    assertThat(drain.getStatus().getDescription(), containsString("it is STOPPED"));
    assertThat(
        Status.fromThrowable(savepoint.getCause()).getCode(), is(Status.Code.FAILED_PRECONDITION));
  }

  @Test
  void unknownJobIsNotFound() {
    StatusRuntimeException drain =
        assertThrows(StatusRuntimeException.class, () -> client.drain("nobody"));

    assertThat(drain.getStatus().getCode(), is(Status.Code.NOT_FOUND));
  }

  @Test
  void samplesAreThoseOfTheWorkers() throws Exception {
    String id = server.run(server.prepare(Pipeline.getDefaultInstance(), SAMPLING));
    server.awaitRunning(id);

    List<Struct> samples = client.samples(id);

    assertThat(
        samples,
        contains(
            struct(Map.of("collection", "c", "producer", "Split", "element", "\"word\"")),
            struct(
                Map.of(
                    "collection",
                    "c",
                    "producer",
                    "Split",
                    "element",
                    "\"\"",
                    "failedIn",
                    "Pair",
                    "error",
                    "ValueError: empty"))));
  }

  private static Struct struct(Map<String, String> fields) {
    Struct.Builder struct = Struct.newBuilder();
    fields.forEach(
        (name, text) -> struct.putFields(name, Value.newBuilder().setStringValue(text).build()));
    return struct.build();
  }

  @Test
  void nothingIsSampledUnlessTheJobRunsAndWantsIt() throws Exception {
    String unwanted = server.run(server.prepare());
    server.awaitRunning(unwanted);
    String idle = server.prepare(Pipeline.getDefaultInstance(), SAMPLING);

    StatusRuntimeException off =
        assertThrows(StatusRuntimeException.class, () -> client.samples(unwanted));
    StatusRuntimeException early =
        assertThrows(StatusRuntimeException.class, () -> client.samples(idle));

    assertThat(off.getStatus().getCode(), is(Status.Code.FAILED_PRECONDITION));
    assertThat(
        off.getStatus().getDescription(), containsString("--experiments=enable_data_sampling"));
    assertThat(early.getStatus().getCode(), is(Status.Code.FAILED_PRECONDITION));
    assertThat(early.getStatus().getDescription(), containsString("it is STOPPED"));
  }
}
