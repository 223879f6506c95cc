package dev.trestle.server;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.runner.TrestlePipelineResult;
import example.SumsProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobControlCommandsTest {
  private static final int FAILED = 1;
  private static final int REFUSED = 2;

  @TempDir Path directory;

  /** Other tests may run on the machine. */
  private final String name = "sums/" + UUID.randomUUID();

  private TrestlePipelineResult job;

  @BeforeEach
  void start() {
    job = SumsProgram.start("--jobName=" + name, "--checkpointDir=" + directory);
  }

  @AfterEach
  void cancel() {
    job.cancel();
  }

  @Test
  void savepointPrintsItsPlace() {
    Command command = Command.run("savepoint", name);

    assertThat(command.err(), is(""));
    assertThat(command.exitCode(), is(0));
    assertThat(Files.exists(Path.of(command.out().strip()).resolve("manifest")), is(true));
    assertThat(job.getState(), is(PipelineResult.State.RUNNING));
  }

  @Test
  void jobThatIsStoppedGoesOnFromItsSavepoint() {
    Command command = Command.run("savepoint", "--stop", name);

    assertThat(command.exitCode(), is(0));
    assertThat(job.waitUntilFinish(), is(PipelineResult.State.CANCELLED));
    String other = "other-" + name;
    TrestlePipelineResult next =
        SumsProgram.start(
            "--jobName=" + other,
            "--checkpointDir=" + directory,
            "--resumeFrom=" + command.out().strip());
    assertThat(Command.run("cancel", other).out(), is("CANCELLED\n"));
    assertThat(next.getState(), is(PipelineResult.State.CANCELLED));
  }

  @Test
  void drainWaitsForTheEnd() {
    Command command = Command.run("drain", name);

    assertThat(command.out(), is("DONE\n"));
    assertThat(command.exitCode(), is(0));
    assertThat(job.getState(), is(PipelineResult.State.DONE));
  }

  @Test
  void cancelWaitsForTheEnd() {
    Command command = Command.run("cancel", name);

    assertThat(command.out(), is("CANCELLED\n"));
    assertThat(command.exitCode(), is(0));
    assertThat(job.getState(), is(PipelineResult.State.CANCELLED));
  }

  @Test
  void jobsAreListedAsLongAsTheyRun() throws Exception {
    assertThat(
        Command.run("jobs").out(),
        allOf(
            containsString(name + "  RUNNING"),
            containsString("process " + ProcessHandle.current().pid())));

    job.cancel();

    while (Command.run("jobs").out().contains(name)) {
      Thread.sleep(10);
    }
  }

  @Test
  void jobThatDoesNotRunIsRefusedAndOthersAreNamed() {
    Command command = Command.run("savepoint", "nobody");

    assertThat(command.exitCode(), is(REFUSED));
    assertThat(command.err(), containsString("No job 'nobody' of this user runs"));
    assertThat(command.err(), containsString(name));
  }

  @Test
  void jobWithoutCheckpointsIsRefused() {
    String without = "without-" + name;
    TrestlePipelineResult other = SumsProgram.start("--jobName=" + without);

    Command command = Command.run("savepoint", without);

    assertThat(command.exitCode(), is(REFUSED));
    assertThat(command.err(), containsString("start it with --checkpointDir"));
    other.cancel();
  }

  @Test
  void savepointThatFailsIsToldAndTheJobGoesOn() throws Exception {
    Path first = Path.of(Command.run("savepoint", name).out().strip());
    Path savepoints = first.getParent();
    Files.move(savepoints, savepoints.resolveSibling("moved"));
    Files.writeString(savepoints, "in the way");

    Command command = Command.run("savepoint", name);

    assertThat(command.exitCode(), is(FAILED));
    assertThat(command.err(), containsString("trestle: " + name + ": The savepoint has failed"));
    assertThat(command.err(), not(containsString("\n\tat ")));
    assertThat(job.getState(), is(PipelineResult.State.RUNNING));
  }

  @Test
  void changedPipelineIsRefusedWithTheWholeReport() {
    String place = Command.run("savepoint", "--stop", name).out().strip();

    Command command =
        Command.run(
            "run",
            SumsProgram.class.getName(),
            "Renamed",
            "--jobName=renamed-" + name,
            "--checkpointDir=" + directory,
            "--resumeFrom=" + place);

    assertThat(command.exitCode(), is(REFUSED));
    assertThat(command.err(), containsString("Sums CombinePerKey: it is not in the pipeline any"));
    assertThat(command.err(), containsString("--allowStateLoss"));
  }
}
