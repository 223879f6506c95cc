package dev.trestle.state.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is committed can be restored, and what is not needed any more goes. */
final class JobCheckpointsTest extends CheckpointsOfAJob {

  @Test
  void newJobHasNothingToRestore() throws Exception {
    assertThat(open().newestWhole(problems::add), is(Optional.empty()));
    assertThat(problems, is(empty()));
  }

  @Test
  void restoresWhatWasCommitted() throws Exception {
    CheckpointManifest committed = commit(open(), file("a", true), file("b", false));
    RestoredCheckpoint restored = open().newestWhole(problems::add).orElseThrow();
    assertThat(restored.manifest(), is(committed));
    assertThat(restored.manifest().pipeline(), is(Bytes.of("pipeline".getBytes(UTF_8))));
    CheckpointManifest.Task task = restored.manifest().tasks().get(0);
    assertThat(task.outputWatermark(), is(5L));
    for (CheckpointManifest.File file : task.files()) {
      Path to = local.resolve("restored");
      restored.fetch(file, to);
      assertThat(Files.readString(to), is("content of " + file.name()));
    }
    assertThat(problems, is(empty()));
  }

  @Test
  void whatOthersPutThereStaysAndDisturbsNobody() throws Exception {
    Path root = local.resolve("store");
    JobCheckpoints checkpoints = JobCheckpoints.open(DirectoryStore.open(root), JOB, 1);
    CheckpointManifest first = commit(checkpoints, file("a", false));
    Path attempt = root.resolve(checkpoints.directoryOf(first));
    List<Path> foreign = new ArrayList<>();
    for (Path in : List.of(root, root.resolve(JOB), root.resolve(JOB + "/log"), attempt)) {
      for (String name :
          List.of("notes", "two words", "\u00fc", "a\\b", ".hidden", "5", "-5", "x".repeat(201))) {
        foreign.add(Files.writeString(in.resolve(name), "foreign"));
      }
    }
    commit(checkpoints, file("a", false));
    JobCheckpoints after = JobCheckpoints.open(DirectoryStore.open(root), JOB, 1);
    assertThat(restoredId(after), is(2L));
    assertThat(problems, is(empty()));
    commit(after, file("a", false));
    commit(after, file("a", false));
    assertThat(foreign.stream().filter(Files::exists).toList(), is(foreign));
    assertThat("the garbage is gone", Files.exists(attempt.resolve("manifest")), is(false));
    assertThat(restoredId(JobCheckpoints.open(DirectoryStore.open(root), JOB, 1)), is(4L));
  }

  @Test
  void sharedFilesAreUploadedOnce() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true), file("own", false));
    Files.delete(local.resolve("own"));
    CheckpointManifest second =
        commit(checkpoints, file("a", true), file("b", true), file("own", false));
    assertThat(
        second.tasks().get(0).files().stream().map(f -> f.path().indexOf('/') >= 0).toList(),
        contains(true, false, false));
    object("-a");
    JobCheckpoints after = open();
    restoredId(after);
    commit(after, file("a", true));
    commit(after, file("a", true));
    object("-a");
  }

  @Test
  void sharedFileOfTwoTasksIsUploadedOnce() throws Exception {
    JobCheckpoints checkpoints = open();
    TaskSnapshot other =
        new TaskSnapshot("stage", 1, 0, 128, false, 10, 5, List.of(file("a", true)));
    checkpoints.commit(
        1, Kind.CHECKPOINT, new byte[0], Map.of(), 128, List.of(task(file("a", true)), other));
    object("-a");
  }

  @Test
  void sharedFileThatHasChangedIsRefused() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    Files.writeString(local.resolve("a"), "something else");
    assertThrows(IllegalArgumentException.class, () -> commit(checkpoints, file("a", true)));
  }

  @Test
  void sharedFileThatIsLostIsUploadedAgain() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    facts.expectDamage();
    memory.objects.remove(object("-a"));
    commit(checkpoints, file("a", true));
    object("-a");
    assertThat(restoredId(open()), is(2L));
  }

  @Test
  void newestFewAreRetained() throws Exception {
    JobCheckpoints checkpoints = open();
    for (int i = 0; i < 10; i++) {
      commit(checkpoints, file("shared-" + i, true), file("own-" + i, false));
    }
    Set<String> objects = new HashSet<>(memory.objects.keySet());
    objects.removeIf(o -> o.startsWith(JOB + "/log/"));
    assertThat(objects, is(facts.named()));
    assertThat(objects, hasSize(6));
  }

  @Test
  void savepointsStayAndStandAlone() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    CheckpointManifest savepoint = commit(checkpoints, Kind.SAVEPOINT, file("a", true));
    for (int i = 0; i < 5; i++) {
      commit(checkpoints, file("b-" + i, true));
    }
    String directory = checkpoints.directoryOf(savepoint);
    RestoredCheckpoint opened = JobCheckpoints.openReadOnly(memory, directory);
    opened.fetch(opened.manifest().tasks().get(0).files().get(0), local.resolve("to"));

    MemoryStore moved = new MemoryStore();
    memory.objects.forEach(
        (path, content) -> {
          if (path.startsWith(directory + "/")) {
            moved.createIfAbsent(path.substring(directory.length() + 1), content);
          }
        });
    opened = JobCheckpoints.openReadOnly(moved, "");
    opened.fetch(opened.manifest().tasks().get(0).files().get(0), local.resolve("to"));
    assertThat(opened.manifest(), is(savepoint));
  }

  @Test
  void savepointCanBeTheOnlyThingToRestore() throws Exception {
    commit(open(), Kind.SAVEPOINT, file("a", true));
    assertThat(restoredId(open()), is(1L));
  }

  @Test
  void jobsDoNotSeeEachOther() throws Exception {
    commit(open(), file("a", true));
    JobCheckpoints other = JobCheckpoints.open(memory, "orders/../of Ümit", 1);
    assertThat(restoredId(other), is(0L));
    commit(other, file("b", true));
    assertThat(restoredId(open()), is(1L));
  }

  @Test
  void idsAreUsedOnce() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    assertThrows(
        IllegalArgumentException.class,
        () -> checkpoints.commit(1, Kind.CHECKPOINT, new byte[0], Map.of(), 1, List.of()));
    assertThat(open().nextId(), is(2L));
  }

  @Test
  void worksOnADirectory() throws Exception {
    CheckpointStore store = DirectoryStore.open(local.resolve("store"));
    JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, 1);
    for (int i = 0; i < 5; i++) {
      commit(checkpoints, file("a", true), file("b-" + i, false));
    }
    assertThat(store.list(JOB + "/checkpoints/"), hasSize(3));
    JobCheckpoints after = JobCheckpoints.open(DirectoryStore.open(local.resolve("store")), JOB, 1);
    assertThat(restoredId(after), is(5L));
    assertThrows(FencedException.class, () -> commit(checkpoints, file("a", true)));
  }
}
