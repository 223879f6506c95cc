package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointCatalogTest {

  @TempDir Path local;

  private final MemoryStore memory = new MemoryStore();
  private final CheckpointCatalog catalog = new CheckpointCatalog(memory);
  private final List<String> problems = new ArrayList<>();

  private CheckpointManifest commit(JobCheckpoints checkpoints, Kind kind) throws Exception {
    SnapshotFile file =
        new SnapshotFile("f", Files.writeString(local.resolve("f"), "content"), true);
    return checkpoints.commit(
        checkpoints.nextId(),
        kind,
        new byte[0],
        Map.of(),
        128,
        List.of(new TaskSnapshot("stage", 0, 0, 128, false, 10, 5, List.of(file))));
  }

  private List<String> listed(String job) throws Exception {
    return catalog.checkpoints(job, problems::add).stream()
        .map(c -> c.kind() + " " + c.id() + (c.restorable() ? "" : " apart"))
        .toList();
  }

  @Test
  void emptyStoreHasNoJobs() throws Exception {
    assertThat(catalog.jobs(), is(empty()));
    assertThat(catalog.isCheckpoint(), is(false));
    assertThat(listed("orders"), is(empty()));
  }

  @Test
  void jobsAreFoundByTheirOwnNames() throws Exception {
    JobCheckpoints.open(memory, "orders", 2);
    JobCheckpoints.open(memory, "täglich/1", 2);
    assertThat(catalog.jobs(), contains("orders", "täglich/1"));
  }

  @Test
  void listsWhatIsRetainedAndAllSavepoints() throws Exception {
    JobCheckpoints checkpoints = JobCheckpoints.open(memory, "orders", 2);
    commit(checkpoints, Kind.SAVEPOINT);
    commit(checkpoints, Kind.CHECKPOINT);
    commit(checkpoints, Kind.CHECKPOINT);
    CheckpointManifest newest = commit(checkpoints, Kind.CHECKPOINT);
    assertThat(listed("orders"), contains("SAVEPOINT 1", "CHECKPOINT 3", "CHECKPOINT 4"));
    assertThat(catalog.manifest(checkpoints.directoryOf(newest)), is(newest));
    assertThat(newest.lengthOfEarlier(), is(newest.length()));
  }

  @Test
  void savepointOfAnEarlierLifeIsApart() throws Exception {
    commit(JobCheckpoints.open(memory, "orders", 2), Kind.SAVEPOINT);
    commit(JobCheckpoints.open(memory, "orders", 2), Kind.CHECKPOINT); // restored nothing
    assertThat(listed("orders"), contains("SAVEPOINT 1 apart", "CHECKPOINT 2"));
  }

  @Test
  void lookingTakesNoJobAndWritesNothing() throws Exception {
    JobCheckpoints running = JobCheckpoints.open(memory, "orders", 2);
    CheckpointManifest first = commit(running, Kind.CHECKPOINT);
    Set<String> before = Set.copyOf(memory.objects.keySet());
    catalog.jobs();
    listed("orders");
    catalog.manifest(running.directoryOf(first));
    assertThat(memory.objects.keySet(), is(before));
    commit(running, Kind.CHECKPOINT);
  }

  @Test
  void brokenEntryIsPassedOverAndTold() throws Exception {
    commit(JobCheckpoints.open(memory, "orders", 2), Kind.CHECKPOINT);
    memory.objects.put("orders/log/000000000003", new byte[] {1});
    assertThat(listed("orders"), contains("CHECKPOINT 1"));
    assertThat(problems, contains(containsString("orders/log/000000000003")));
  }

  @Test
  void nothingReadableIsAnError() {
    memory.objects.put("orders/log/000000000001", new byte[] {1});
    CorruptCheckpointException failure =
        assertThrows(CorruptCheckpointException.class, () -> listed("orders"));
    assertThat(failure.getMessage(), containsString("orders/log/000000000001"));
  }

  @Test
  void directoryOfACheckpointIsKnownAsOne() throws Exception {
    JobCheckpoints checkpoints = JobCheckpoints.open(memory, "orders", 2);
    CheckpointManifest savepoint = commit(checkpoints, Kind.SAVEPOINT);
    MemoryStore copy = new MemoryStore();
    String directory = checkpoints.directoryOf(savepoint) + "/";
    memory.objects.forEach(
        (path, content) -> {
          if (path.startsWith(directory)) {
            copy.objects.put(path.substring(directory.length()), content);
          }
        });
    CheckpointCatalog ofCopy = new CheckpointCatalog(copy);
    assertThat(ofCopy.isCheckpoint(), is(true));
    assertThat(ofCopy.manifest(""), is(savepoint));
  }
}
