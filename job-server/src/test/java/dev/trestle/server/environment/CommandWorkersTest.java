package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.command;
import static dev.trestle.server.environment.WorkerFixture.script;
import static dev.trestle.server.environment.WorkerFixture.settings;
import static dev.trestle.server.environment.WorkerFixture.withTimeouts;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.WorkerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs of the user's that are to become workers. */
final class CommandWorkersTest {

  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path directory;

  private static String failure(WorkerFixture fixture, Path program) {
    return assertThrows(WorkerException.class, () -> fixture.workers().worker(command(program), 0))
        .getMessage();
  }

  @Test
  void aProgramIsToldWhereItIsWanted() throws Exception {
    Path told = directory.resolve("told");
    Path program = script(directory.resolve("it"), "echo \"$GREETING $@\" > " + told, "exit 0");
    try (WorkerFixture fixture = new WorkerFixture(settings(directory))) {
      assertThat(failure(fixture, program), containsString("has exited with status 0"));
      String line = Files.readString(told);
      assertThat(line, startsWith("hello --id=job-1-0-0-"));
      assertThat(
          line,
          containsString(" --provision_endpoint=" + fixture.server.endpoint().getUrl() + "\n"));
    }
  }

  @Test
  void aProgramThatDiesIsQuoted() throws Exception {
    Path program =
        script(directory.resolve("it"), "echo it is broken", "echo really >&2", "exit 7");
    try (WorkerFixture fixture = new WorkerFixture(settings(directory))) {
      assertThat(
          failure(fixture, program),
          containsString("has exited with status 7. The end of its log:\nit is broken\nreally"));
      assertThat(fixture.log.take().getMessage(), is("it is broken"));
    }
  }

  @Test
  void aProgramThatIsKilledIsSaidToBe() throws Exception {
    Path program = script(directory.resolve("it"), "kill -9 $$");
    try (WorkerFixture fixture = new WorkerFixture(settings(directory))) {
      assertThat(failure(fixture, program), containsString("has been killed by signal 9"));
    }
  }

  @Test
  void aProgramThatIsNotThereIsNamed() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(settings(directory))) {
      assertThat(
          failure(fixture, directory.resolve("nothing")),
          containsString(directory.resolve("nothing").toString()));
    }
  }

  @Test
  void aProgramThatIsNotAllowedIsNotRun() throws Exception {
    Path allowed = script(directory.resolve("allowed"), "exit 0");
    Path other = script(directory.resolve("other"), "touch " + directory.resolve("run"));
    EnvironmentSettings all = settings(directory);
    EnvironmentSettings some =
        new EnvironmentSettings(
            Optional.of(Set.of(allowed.toString())),
            all.docker(),
            all.containerCommand(),
            all.python(),
            all.cache(),
            all.startTimeout(),
            all.stopTimeout());
    try (WorkerFixture fixture = new WorkerFixture(some)) {
      assertThat(failure(fixture, allowed), containsString("has exited with status 0"));
      assertThat(failure(fixture, other), containsString("which this server may not"));
      assertThat(Files.exists(directory.resolve("run")), is(false));
    }
  }

  @Test
  void aProgramThatDoesNotConnectIsEndedWithAllThatItHasStarted() throws Exception {
    Path program = script(directory.resolve("it"), "sleep 1000 &", "sleep 1000");
    try (WorkerFixture fixture =
        new WorkerFixture(withTimeouts(settings(directory), Duration.ofSeconds(1), LONG))) {
      assertThat(failure(fixture, program), containsString("has not connected within 1 s"));
      WorkerFixture.awaitNoChildren();
    }
  }

  @Test
  @Timeout(60)
  void theWorkersOfAnEnvironmentStartSideBySide() throws Exception {
    Path started = Files.createDirectory(directory.resolve("started"));
    Path program = script(directory.resolve("it"), "touch " + started + "/$1", "sleep 1000");
    try (WorkerFixture fixture = new WorkerFixture(settings(directory))) {
      JobWorkers workers = fixture.workers(3);
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(
              () -> assertThrows(WorkerException.class, () -> workers.worker(command(program), 0)));
      while (started.toFile().list().length < 3) {
        Thread.sleep(10);
      }
      workers.close();
      asked.join();
      WorkerFixture.awaitNoChildren();
    }
  }

  @Test
  void aProgramThatDoesNotStopIsKilled() throws Exception {
    Path program =
        script(directory.resolve("it"), "trap '' TERM", "while true; do sleep 0.1; done");
    try (WorkerFixture fixture =
        new WorkerFixture(
            withTimeouts(settings(directory), Duration.ofSeconds(1), Duration.ofMillis(100)))) {
      failure(fixture, program);
      while (!WorkerFixture.children().isEmpty()) {
        Thread.sleep(10);
      }
    }
  }

  @Test
  void aJobThatEndsMeanwhileDoesNotWait() throws Exception {
    Path started = directory.resolve("started");
    Path program = script(directory.resolve("it"), "touch " + started, "sleep 1000");
    try (WorkerFixture fixture = new WorkerFixture(settings(directory))) {
      JobWorkers workers = fixture.workers();
      CompletableFuture<Void> asked =
          CompletableFuture.runAsync(
              () -> assertThrows(WorkerException.class, () -> workers.worker(command(program), 0)));
      while (!Files.exists(started)) {
        Thread.sleep(10);
      }
      workers.close();
      asked.join();
      WorkerFixture.awaitNoChildren();
    }
  }
}
