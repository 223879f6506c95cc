package dev.trestle.state.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.FaultyStore.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoints of a job, in memory. */
abstract class CheckpointsOfAJob {

  static final String JOB = "orders";

  @TempDir Path local;

  final MemoryStore memory = new MemoryStore();
  final Facts facts = new Facts(memory, JOB);
  final List<String> problems = new ArrayList<>();

  final JobCheckpoints open() throws IOException {
    return JobCheckpoints.open(memory, JOB, 2);
  }

  final FaultyStore faulty(FaultyStore.Pause pause) {
    return new FaultyStore(memory, new FaultyStore.Late(), new Random(1), Faults.NONE, pause);
  }

  final SnapshotFile file(String name, boolean shared) throws IOException {
    Path path = local.resolve(name);
    if (!Files.exists(path)) {
      Files.writeString(path, "content of " + name);
    }
    return new SnapshotFile(name, path, shared);
  }

  static TaskSnapshot task(SnapshotFile... files) {
    return new TaskSnapshot("stage", 0, 0, 128, false, 10, 5, List.of(files));
  }

  final CheckpointManifest commit(JobCheckpoints checkpoints, SnapshotFile... files)
      throws IOException, FencedException {
    return commit(checkpoints, Kind.CHECKPOINT, files);
  }

  final CheckpointManifest commit(JobCheckpoints checkpoints, Kind kind, SnapshotFile... files)
      throws IOException, FencedException {
    return checkpoints.commit(
        checkpoints.nextId(),
        kind,
        "pipeline".getBytes(UTF_8),
        Map.of("version", "1"),
        128,
        List.of(task(files)));
  }

  final long restoredId(JobCheckpoints checkpoints) throws IOException, FencedException {
    problems.clear();
    return checkpoints.newestWhole(problems::add).map(r -> r.manifest().id()).orElse(0L);
  }

  final String object(String part) {
    List<String> found = memory.objects.keySet().stream().filter(o -> o.contains(part)).toList();
    assertThat(part, found, hasSize(1));
    return found.get(0);
  }
}
