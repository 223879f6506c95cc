package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.TrestlePipelineResult;
import dev.trestle.runner.engine.JobRefusal;
import dev.trestle.runner.recovery.Counting.Change;
import dev.trestle.state.checkpoint.CheckpointCatalog;
import dev.trestle.state.checkpoint.CheckpointManifest;
import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.DirectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SavepointTest {

  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void forget() {
    directory = temporary.resolve("checkpoints");
    Counting.RESULTS.clear();
  }

  private TrestlePipelineResult start(String... options) {
    return Counting.start(directory, Change.NONE, options);
  }

  private TrestlePipelineResult startAndAwaitCheckpoints(String... options) throws Exception {
    long before = Counting.newest(directory);
    TrestlePipelineResult running = start(options);
    Counting.awaitCheckpoints(directory, before + 3);
    return running;
  }

  /** A savepoint of a job that had done half of its work, and has been deleted since. */
  private Path savepointOfAnotherJob() throws Exception {
    Path place = Path.of(startAndAwaitCheckpoints("--stall").stopWithSavepoint());
    Path copy = temporary.resolve("moved");
    Files.move(place, copy);
    deleteAll(directory);
    Counting.RESULTS.clear();
    return copy;
  }

  private static void deleteAll(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private List<CheckpointCatalog.Listed> savepoints() throws IOException {
    return new CheckpointCatalog(DirectoryStore.open(directory))
        .checkpoints("counting", problem -> {}).stream()
            .filter(listed -> listed.kind() == Kind.SAVEPOINT)
            .toList();
  }

  @Test
  void jobGoesOnAfterASavepointThatIsKept() throws Exception {
    TrestlePipelineResult running = startAndAwaitCheckpoints("--stall");
    String place = running.savepoint();
    Counting.awaitCheckpoints(directory, Counting.newest(directory) + 6);
    assertThat(running.getState(), is(PipelineResult.State.RUNNING));
    running.cancel();
    assertThat(place, startsWith(directory.toAbsolutePath() + "/counting/savepoints/"));
    assertThat(savepoints().size(), is(1));
    CheckpointManifest manifest =
        new CheckpointCatalog(DirectoryStore.open(Path.of(place))).manifest("");
    assertThat(manifest.kind(), is(Kind.SAVEPOINT));
    assertThat(manifest.lengthOfEarlier(), is(0L));
    assertThat(start("--resume").waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
    assertThat(savepoints().size(), is(1));
  }

  @Test
  void savepointIsTakenWhereTheIntervalIsLong() throws Exception {
    TrestlePipelineResult running = start("--stall", "--checkpointInterval=1000000000");
    assertThat(running.savepoint(), not(running.savepoint()));
    running.cancel();
  }

  @Test
  void jobThatStopsWithASavepointGoesOnFromIt() throws Exception {
    TrestlePipelineResult running = startAndAwaitCheckpoints("--stall");
    String place = running.stopWithSavepoint();
    assertThat(running.getState(), is(PipelineResult.State.CANCELLED));
    assertThat(Path.of(place).getFileName().toString(), startsWith(newest()));
    assertThat(start("--resume").waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  private String newest() throws IOException {
    return String.format("%012d-", Counting.newest(directory));
  }

  @Test
  void jobWhoseSavepointWasDeletedGoesOnFromTheCheckpointBefore() throws Exception {
    Path place = Path.of(startAndAwaitCheckpoints("--stall").stopWithSavepoint());
    deleteAll(place);
    assertThat(start("--resume").waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  @Test
  void anotherJobStartsFromASavepointThatWasMoved() throws Exception {
    Path savepoint = savepointOfAnotherJob();
    assertThat(
        start("--jobName=another", "--parallelism=3", "--resumeFrom=" + savepoint)
            .waitUntilFinish(),
        is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  @Test
  void jobThatWasStartedFromASavepointGoesOnFromItsOwnCheckpoints() throws Exception {
    Path savepoint = savepointOfAnotherJob();
    startAndAwaitCheckpoints("--stall", "--resumeFrom=" + savepoint).cancel();
    Files.delete(savepoint.resolve("manifest"));
    assertThat(start("--resumeFrom=" + savepoint).waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  @Test
  void anotherSavepointTakesAJobBack() throws Exception {
    TrestlePipelineResult first = startAndAwaitCheckpoints("--stall");
    String savepoint = first.savepoint();
    first.cancel();
    start("--resume").waitUntilFinish();
    Counting.RESULTS.clear();
    assertThat(start("--resumeFrom=" + savepoint).waitUntilFinish(), is(PipelineResult.State.DONE));
    assertThat(Counting.RESULTS, is(Counting.EXPECTED));
  }

  @Test
  void jobWithoutCheckpointsTakesNoSavepoint() throws Exception {
    TrestlePipelineResult running = Counting.start(null, Change.NONE, "--stall");
    JobRefusal refused = assertThrows(JobRefusal.class, running::savepoint);
    assertThat(refused.getMessage(), containsString("--checkpointDir"));
    running.cancel();
  }

  @Test
  void jobThatHasEndedTakesNoSavepoint() throws Exception {
    TrestlePipelineResult done = start();
    done.waitUntilFinish();
    JobRefusal refused = assertThrows(JobRefusal.class, done::savepoint);
    assertThat(refused.getMessage(), is("The job has ended: it is DONE"));
  }

  @Test
  void jobGoesOnWhenASavepointFails() throws Exception {
    TrestlePipelineResult running = startAndAwaitCheckpoints("--stall");
    Path inTheWay = directory.resolve("counting/savepoints");
    Files.writeString(inTheWay, "no directory");
    assertThrows(IOException.class, running::stopWithSavepoint);
    Counting.awaitCheckpoints(directory, Counting.newest(directory) + 3);
    assertThat(running.getState(), is(PipelineResult.State.RUNNING));
    Files.delete(inTheWay);
    running.stopWithSavepoint();
    assertThat(savepoints(), is(not(empty())));
  }

  @Test
  void whatIsNoSavepointIsRefused() throws Exception {
    assertRefused(temporary.toString(), "there is no whole savepoint: manifest: missing");
    startAndAwaitCheckpoints("--stall").cancel();
    String newest =
        new CheckpointCatalog(DirectoryStore.open(directory))
            .checkpoints("counting", problem -> {})
            .get(0)
            .directory();
    assertRefused(
        directory.resolve(newest).toString(), "this is a checkpoint of job counting and may be");
  }

  private void assertRefused(String savepoint, String why) {
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () -> start("--jobName=another", "--resumeFrom=" + savepoint));
    assertThat(refused.getMessage(), containsString("--resumeFrom=" + savepoint));
    assertThat(refused.getMessage(), containsString(why));
  }

  @Test
  void savepointThatIsAskedForDuringAFailureComesFromTheNextAttempt() throws Exception {
    TrestlePipelineResult running = start("--stall", "--checkpointInterval=1000000000");
    Counting.FAIL.set(true);
    Path place = Path.of(running.savepoint());
    assertThat(Files.exists(place.resolve("manifest")), is(true));
    while (Counting.FAIL.get()) {
      Thread.sleep(5);
    }
    running.cancel();
  }

  @Test
  void savepointThatWaitsIsRefusedWhenTheJobFails() throws Exception {
    TrestlePipelineResult running = start("--stall", "--maxRestarts=0");
    Counting.FAIL.set(true);
    assertThrows(PipelineExecutionException.class, running::waitUntilFinish);
    JobRefusal refused = assertThrows(JobRefusal.class, running::savepoint);
    assertThat(refused.getMessage(), is("The job has ended: it is FAILED"));
  }
}
