package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.image;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.runner.worker.RecordedBundle;
import dev.trestle.runner.worker.SdkWorker;
import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerProvision;
import dev.trestle.runner.worker.WorkerServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.LogEntry;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ListValue;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Value;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers in Java that are processes, in place of the container that the SDK asks for. */
final class JavaProcessTest {

  @TempDir Path directory;

  private Environment environment;

  @BeforeEach
  void stage() throws IOException {
    environment =
        image(
            "apache/beam_java17_sdk:2.73.0",
            StagedProgram.of(directory).toArray(ArtifactInformation[]::new));
  }

  @Test
  void aWorkerProcessesBundlesAndLogsAndEndsWithItsJob() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(directory))) {
      JobWorkers workers = fixture.workers();
      SdkWorker worker = workers.worker(environment, 0);
      assertThat(WorkerFixture.echo(worker, "a", "b"), contains("a", "b"));
      assertThat(WorkerFixture.children().isEmpty(), is(false));
      LogEntry entry = RecordedBundle.take(fixture.log);
      while (!entry.getLogLocation().contains("FnHarness")) {
        entry = RecordedBundle.take(fixture.log);
      }
      assertThat(entry.getSeverity(), is(LogEntry.Severity.Enum.INFO));
      workers.close();
      WorkerFixture.awaitNoChildren();
    }
  }

  @Test
  void aWorkerThatDiesFailsItsBundleAndIsReplaced() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(directory))) {
      JobWorkers workers = fixture.workers();
      SdkWorker first = workers.worker(environment, 0);
      assertThat(
          WorkerFixture.begin(first, "a", Echo.DEADLY).awaitFailure(),
          containsString("The SDK worker " + first.id()));
      assertThat(WorkerFixture.echo(workers.worker(environment, 0), "b"), contains("b"));
    }
  }

  @Test
  void modulesAreOpenedAndAddedAsThePipelineSays() throws Exception {
    List<String> command =
        command(
            Struct.newBuilder()
                .putFields(
                    "beam:option:jdk_add_open_modules:v1", list("java.base/java.lang=ALL-UNNAMED"))
                .putFields("beam:option:jdk_add_root_modules:v1", list("java.sql"))
                .build());
    assertThat(
        command, hasItems("--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-modules=java.sql"));
  }

  @Test
  void everyLibraryLogsToTheHarnessUnlessThePipelineHasItsOwn() throws Exception {
    assertThat(classPath(Struct.getDefaultInstance()), containsString("/log4j-to-slf4j.jar"));
    Struct custom =
        Struct.newBuilder()
            .putFields("beam:option:experiments:v1", list("use_custom_logging_libraries"))
            .build();
    assertThat(classPath(custom), not(containsString("slf4j")));
  }

  private String classPath(Struct options) throws Exception {
    List<String> command = command(options);
    return command.get(command.indexOf("-cp") + 1);
  }

  private static Value list(String only) {
    Value value = Value.newBuilder().setStringValue(only).build();
    return Value.newBuilder().setListValue(ListValue.newBuilder().addValues(value)).build();
  }

  private List<String> command(Struct options) throws Exception {
    try (WorkerServer server = WorkerServer.start();
        StagedFiles files = StagedFiles.fetch(List.of(), WorkerFixture.FILES)) {
      WorkerConnection connection =
          server.expect(
              "java-1",
              new WorkerProvision(options, List.of(), Map.of()),
              WorkerFixture.FILES,
              entry -> {});
      return new JavaBoot(options)
          .command(connection, files, "{}", Files.createTempDirectory(directory, "own"));
    }
  }
}
