package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.artifact;
import static dev.trestle.server.environment.WorkerFixture.image;
import static dev.trestle.server.environment.WorkerFixture.script;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binary of a program in Go becomes a worker; here it is a script that writes down how. */
final class GoWorkersTest {

  @TempDir Path directory;

  private Path binary;
  private Path told;

  @BeforeEach
  void write() throws IOException {
    told = directory.resolve("told");
    binary = script(directory.resolve("binary"), "echo \"$@\" > " + told, "exit 4");
  }

  private String failure(ArtifactInformation... dependencies) throws IOException {
    try (WorkerFixture fixture = new WorkerFixture(WorkerFixture.settings(directory))) {
      return assertThrows(
              WorkerException.class,
              () -> fixture.workers().worker(image("apache/beam_go_sdk:2.73.0", dependencies), 0))
          .getMessage();
    }
  }

  @Test
  void theOnlyFileIsTheBinary() throws Exception {
    assertThat(failure(artifact(binary, "any")), containsString("has exited with status 4"));
    String arguments = Files.readString(told);
    assertThat(arguments, containsString("--worker=true --id=job-1-0-0-"));
    assertThat(arguments, containsString(" --logging_endpoint=localhost:"));
    assertThat(arguments, containsString(" --control_endpoint=localhost:"));
    assertThat(arguments, containsString(" --semi_persist_dir=/"));
    assertThat(arguments, containsString(" --options={"));
  }

  @Test
  void ofSeveralItIsTheOneWithTheRole() throws Exception {
    ArtifactInformation other = artifact(Files.writeString(directory.resolve("o"), ""), "other");
    ArtifactInformation go =
        artifact(binary, "any").toBuilder()
            .setRoleUrn("beam:artifact:role:go_worker_binary:v1")
            .build();
    assertThat(failure(other, go), containsString("has exited with status 4"));
  }

  @Test
  void ofSeveralItMayBeTheOneWithTheOldName() throws Exception {
    ArtifactInformation other = artifact(Files.writeString(directory.resolve("o"), ""), "other");
    assertThat(
        failure(other, artifact(binary, "worker")), containsString("has exited with status 4"));
  }

  @Test
  void aBinaryThatIsMissingIsAskedFor() throws Exception {
    assertThat(failure(), containsString("Name it with --worker_binary"));
  }
}
