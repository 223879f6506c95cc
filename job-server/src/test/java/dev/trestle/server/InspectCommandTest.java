package dev.trestle.server;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.trestle.runner.TrestlePipelineResult;
import example.SumsProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  private static final int REFUSED = 2;

  @TempDir Path directory;

  private Command inspect(String... more) {
    return Command.run(
        Stream.concat(Stream.of("checkpoint", "inspect", directory.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  private void runUntilCheckpoint(String job) throws Exception {
    TrestlePipelineResult running = start(job);
    while (files(directory.resolve(job), "manifest").isEmpty()) {
      Thread.sleep(10);
    }
    running.cancel();
  }

  private TrestlePipelineResult start(String job) {
    return SumsProgram.start(
        "--jobName=" + job, "--checkpointDir=" + directory, "--checkpointInterval=20");
  }

  private static List<Path> files(Path root, String name) throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> path.getFileName().toString().contains(name)).toList();
    }
  }

  @Test
  void showsWhatTheNewestCheckpointHolds() throws Exception {
    runUntilCheckpoint("sums");

    Command command = inspect();

    assertThat(command.err(), is(""));
    assertThat(command.exitCode(), is(0));
    assertThat(command.out(), containsString("Job sums\n"));
    assertThat(command.out(), containsString("of job sums: 128 key groups\n"));
    assertThat(command.out(), containsString("task 1, key groups 64 to 127, watermarks "));
    assertThat(command.out(), containsString("splits of Numbers"));
  }

  @Test
  void jsonHasItAll() throws Exception {
    runUntilCheckpoint("sums");

    JsonNode found = new ObjectMapper().readTree(inspect("--json", "--job=sums").out());

    JsonNode listed = found.at("/jobs/0/checkpoints");
    assertThat(listed.size(), is(greaterThan(0)));
    assertThat(
        found.at("/details/summary/id").asLong(),
        equalTo(listed.get(listed.size() - 1).get("id").asLong()));
    assertThat(found.at("/details/tasks/0/sections/0/records").asLong(), is(greaterThan(0L)));
    assertThat(found.at("/details/tasks/0/files/0/bytes").asLong(), is(greaterThan(0L)));
  }

  @Test
  void severalJobsAreListedAndOneIsChosen() throws Exception {
    runUntilCheckpoint("one");
    runUntilCheckpoint("two");

    Command both = inspect();
    assertThat(both.out(), containsString("Job one\n"));
    assertThat(both.out(), containsString("Job two\n"));
    assertThat(both.out(), containsString("With --job=NAME"));

    assertThat(inspect("--job=two").out(), not(containsString("Job one\n")));
    assertRefused(inspect("--job=three"), "there is no job 'three', only one, two.");
    assertRefused(inspect("--id=1"), "--id needs --job: there are one, two.");
  }

  @Test
  void jobThatRunsIsNotDisturbed() throws Exception {
    TrestlePipelineResult running = start("sums");
    while (files(directory, "manifest").isEmpty()) {
      Thread.sleep(10);
    }
    int before = files(directory.resolve("sums/log"), "0").size();
    inspect();
    while (files(directory.resolve("sums/log"), "0").size() < before + 2) {
      Thread.sleep(10);
    }
    assertThat(running.getState(), is(PipelineResult.State.RUNNING));
    running.cancel();
  }

  @Test
  void checkpointThatIsNotThereIsNamed() throws Exception {
    runUntilCheckpoint("sums");
    assertRefused(inspect("--id=999999"), "job sums has no checkpoint 999999, only ");
  }

  @Test
  void brokenFilesAreNamed() throws Exception {
    runUntilCheckpoint("sums");
    for (Path file : files(directory, "-state")) {
      Files.write(file, new byte[(int) Files.size(file)]);
    }
    assertRefused(inspect(), "-state: has ");
    for (Path file : files(directory, "manifest")) {
      Files.write(file, new byte[] {1});
    }
    assertThat(inspect().out(), containsString("problem: checkpoint "));
  }

  @Test
  void emptyPlaceIsRefused() {
    assertRefused(inspect(), "no job has ever kept checkpoints here.");
    assertRefused(Command.run("checkpoint", "inspect", "s4://b"), "no checkpoint store for 's4'");
    assertRefused(Command.run("checkpoint", "inspect"), "Missing required parameter: 'DIR'");
  }

  private static void assertRefused(Command command, String why) {
    assertThat(command.err(), containsString(why));
    assertThat(command.exitCode(), is(REFUSED));
  }
}
