package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.image;
import static dev.trestle.server.environment.WorkerFixture.script;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a container engine is asked for; it is a program of the test's that writes it down. */
final class ContainerWorkersTest {

  @TempDir Path directory;

  private Path engine(int inspectStatus, int pullStatus, String run) throws IOException {
    return script(
        directory.resolve("engine"),
        "echo \"$@\" >> " + directory.resolve("asked"),
        "case \"$1\" in",
        "image) exit " + inspectStatus + ";;",
        "pull) exit " + pullStatus + ";;",
        "run) " + run + ";;",
        "esac");
  }

  private String failure(Path engine, Duration startTimeout) throws IOException {
    EnvironmentSettings settings =
        new EnvironmentSettings(
            Optional.empty(),
            Docker.RUN,
            engine.toString(),
            Optional.empty(),
            directory,
            startTimeout,
            Duration.ofMinutes(1));
    try (WorkerFixture fixture = new WorkerFixture(settings)) {
      return assertThrows(WorkerException.class, () -> fixture.workers().worker(image("mine:1"), 0))
          .getMessage();
    }
  }

  private List<String> whatWasAsked() throws IOException {
    return Files.readAllLines(directory.resolve("asked"));
  }

  @Test
  void anImageThatIsThereIsRun() throws Exception {
    assertThat(
        failure(engine(0, 1, "echo no such thing; exit 125"), Duration.ofMinutes(2)),
        containsString("has exited with status 125. The end of its log:\nno such thing"));
    List<String> asked = whatWasAsked();
    assertThat(asked, hasSize(3));
    assertThat(asked.get(0), is("image inspect mine:1"));
    assertThat(asked.get(1), startsWith("run --rm --network=host --name=job-1-0-0-"));
    assertThat(asked.get(1), containsString(" mine:1 --id=job-1-0-0-"));
    assertThat(asked.get(1), containsString(" --provision_endpoint=localhost:"));
    assertThat(asked.get(2), startsWith("rm --force job-1-0-0-"));
  }

  @Test
  void anImageThatIsMissingIsFetched() throws Exception {
    failure(engine(1, 0, "exit 1"), Duration.ofMinutes(2));
    assertThat(whatWasAsked().get(1), is("pull mine:1"));
  }

  @Test
  void anImageThatCannotBeFetchedIsNamed() throws Exception {
    Path engine = engine(1, 1, "exit 1");
    assertThat(
        failure(engine, Duration.ofMinutes(2)),
        is("The image mine:1 cannot be fetched by " + engine));
  }

  @Test
  void aContainerThatDoesNotConnectIsRemoved() throws Exception {
    assertThat(
        failure(engine(0, 0, "exec sleep 1000"), Duration.ofSeconds(1)),
        containsString("has not connected within 1 s"));
    assertThat(whatWasAsked().get(2), startsWith("rm --force "));
    WorkerFixture.awaitNoChildren();
  }
}
