package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.artifact;
import static dev.trestle.server.environment.WorkerFixture.image;
import static dev.trestle.server.environment.WorkerFixture.script;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
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
import java.util.concurrent.CompletableFuture;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which Python is started, with what installed. Python itself is a program of the test's that
 * writes down what it is asked for, and as a worker ends with status 5.
 */
final class PythonWorkersTest {

  private static final String IMAGE = "apache/beam_python3.11_sdk:2.73.0";

  @TempDir Path directory;

  private Path python(String version, String beam, int pipStatus) throws IOException {
    return script(
        directory.resolve("base/python"),
        probed(version, beam),
        "echo \"$0 $@\" >> " + asked(),
        "if [ \"$2\" = venv ]; then",
        "  mkdir -p \"$4/bin\" \"$4/lib/python" + version + "/site-packages\"",
        "  cp \"$0\" \"$4/bin/python\"; exit 0",
        "fi",
        "if [ \"$2\" = pip ]; then echo pip says so; exit " + pipStatus + "; fi",
        "cat \"$PIPELINE_OPTIONS_FILE\" > " + directory.resolve("options"),
        "cat \"$SEMI_PERSISTENT_DIRECTORY/staged/session\" > " + directory.resolve("session"),
        "env > " + directory.resolve("environment"),
        "exit 5");
  }

  /** Answers that it is a Python. */
  private static String probed(String version, String beam) {
    return String.format(
        "if [ \"$1\" = -c ]; then echo \"{'executable': '$0', 'version': '%s', 'beam': '%s',"
            + " 'site': ['/site'], 'path': []}\" | tr \\' '\"'; exit 0; fi",
        version, beam);
  }

  private Path asked() {
    return directory.resolve("asked");
  }

  private List<String> whatWasAsked() throws IOException {
    List<String> lines = Files.readAllLines(asked());
    Files.delete(asked());
    return lines;
  }

  private EnvironmentSettings settings(Path python) {
    return new EnvironmentSettings(
        Optional.empty(),
        Docker.AS_PROCESS,
        "no-docker",
        Optional.of(python.toString()),
        directory.resolve("cache"),
        Duration.ofMinutes(2),
        Duration.ofMinutes(1));
  }

  private String failure(Path python, ArtifactInformation... dependencies) throws IOException {
    try (WorkerFixture fixture = new WorkerFixture(settings(python))) {
      return assertThrows(
              WorkerException.class, () -> fixture.workers().worker(image(IMAGE, dependencies), 0))
          .getMessage();
    }
  }

  private ArtifactInformation staged(String name, String content) throws IOException {
    return artifact(
        Files.writeString(Files.createTempFile(directory, "artifact", ""), content), name);
  }

  @Test
  void anInterpreterThatHasTheSdkIsUsedAsItIs() throws Exception {
    Path python = python("3.11", "2.73.0", 0);
    assertThat(
        failure(python, staged("session", "pickled")), containsString("has exited with status 5"));
    assertThat(
        whatWasAsked(), is(List.of(python + " -m apache_beam.runners.worker.sdk_worker_main")));
    assertThat(Files.readString(directory.resolve("session")), is("pickled"));
    assertThat(
        Files.readString(directory.resolve("options")),
        is("{\"beam:option:max_cache_memory_usage_mb:v1\":\"100\"}"));
    String variables = Files.readString(directory.resolve("environment"));
    for (String variable :
        List.of(
            "WORKER_ID=job-1-0-0-",
            "CONTROL_API_SERVICE_DESCRIPTOR=url: \"localhost:",
            "LOGGING_API_SERVICE_DESCRIPTOR=url: \"localhost:",
            "RUNNER_CAPABILITIES=beam:protocol:",
            "JOB_NAME=The job")) {
      assertThat(variables, containsString(variable));
    }
  }

  @Test
  void theSdkIsInstalledWhereItIsMissing() throws Exception {
    Path python = python("3.11", "", 0);
    failure(python);
    List<String> asked = whatWasAsked();
    assertThat(asked, hasSize(3));
    assertThat(asked.get(0), startsWith(python + " -m venv --clear "));
    assertThat(asked.get(1), endsWith(" apache-beam==2.73.0"));
    assertThat(asked.get(2), startsWith(directory.resolve("cache").toString()));
    assertThat(asked.get(2), endsWith("/bin/python -m apache_beam.runners.worker.sdk_worker_main"));
  }

  @Test
  void requirementsAreInstalledOnceForAllJobsThatHaveTheSame() throws Exception {
    Path python = python("3.11", "2.73.0", 0);
    failure(python, staged("requirements.txt", "left-pad==1"));
    List<String> first = whatWasAsked();
    assertThat(first, hasSize(3));
    assertThat(first.get(1), containsString("-m pip install"));
    assertThat(first.get(1), containsString("/requirements.txt --find-links "));
    failure(python, staged("requirements.txt", "left-pad==1"));
    assertThat(whatWasAsked(), is(first.subList(2, 3)));
    failure(python, staged("requirements.txt", "left-pad==2"));
    List<String> other = whatWasAsked();
    assertThat(other, hasSize(3));
    assertThat(other.get(2), is(not(first.get(2))));
  }

  @Test
  void anEnvironmentSeesThePackagesOfItsBase() throws Exception {
    failure(python("3.11", "2.73.0", 0), staged("requirements.txt", "left-pad"));
    Path environment = Path.of(whatWasAsked().get(0).replaceFirst(".* --clear ", ""));
    assertThat(
        Files.readString(environment.resolve("lib/python3.11/site-packages/trestle-base.pth")),
        is("/site\n"));
  }

  @Test
  void packagesOfTheUsersAreInstalledBeforeTheWorkflow() throws Exception {
    failure(
        python("3.11", "2.73.0", 0),
        staged("workflow.tar.gz", "w"),
        staged("mine-1.tar.gz", "m"),
        staged("extra_packages.txt", "mine-1.tar.gz\n../../elsewhere.tar.gz\n"));
    List<String> asked = whatWasAsked();
    assertThat(asked, hasSize(5));
    assertThat(asked.get(1), containsString("--force-reinstall --no-deps /"));
    assertThat(asked.get(1), endsWith("/mine-1.tar.gz"));
    assertThat(asked.get(2), endsWith("/mine-1.tar.gz"));
    assertThat(asked.get(3), endsWith("/workflow.tar.gz"));
  }

  @Test
  void anSdkThatIsStagedIsTaken() throws Exception {
    failure(python("3.11", "2.73.0", 0), staged("dataflow_python_sdk.tar", "sdk"));
    assertThat(whatWasAsked().get(1), endsWith("/dataflow_python_sdk.tar"));
  }

  @Test
  void whatCannotBeInstalledIsSaidInPipsWordsAndTriedAgain() throws Exception {
    Path python = python("3.11", "2.73.0", 1);
    for (int i = 0; i < 2; i++) {
      String message = failure(python, staged("requirements.txt", "no-such-package"));
      assertThat(message, startsWith("The packages of the pipeline cannot be installed: "));
      assertThat(message, endsWith(" has exited with status 1:\npip says so"));
      assertThat(whatWasAsked(), hasSize(2));
    }
  }

  @Test
  void aJobThatEndsDoesNotWaitUntilAllIsInstalled() throws Exception {
    Path python =
        script(
            directory.resolve("base/python"),
            probed("3.11", ""),
            "echo \"$0 $@\" >> " + asked(),
            "exec sleep 1000");
    try (WorkerFixture fixture = new WorkerFixture(settings(python))) {
      JobWorkers workers = fixture.workers();
      CompletableFuture<WorkerException> refusal =
          CompletableFuture.supplyAsync(
              () -> assertThrows(WorkerException.class, () -> workers.worker(image(IMAGE), 0)));
      while (!Files.exists(asked())) {
        Thread.sleep(10);
      }
      workers.close();
      assertThat(refusal.join().getMessage(), is("The job has let go of its SDK workers"));
      WorkerFixture.awaitNoChildren();
    }
  }

  @Test
  void anInterpreterOfAnotherVersionIsNotTaken() throws Exception {
    Path python = python("3.10", "2.73.0", 0);
    assertThat(
        failure(python),
        is(
            "No worker in Python can be started: there is no Python 3.11 among "
                + python
                + ". Install it, or name it with --python"));
  }

  @Test
  void anInterpreterThatIsNotThereIsNotTaken() throws Exception {
    assertThat(failure(directory.resolve("none")), containsString("there is no Python 3.11"));
  }
}
