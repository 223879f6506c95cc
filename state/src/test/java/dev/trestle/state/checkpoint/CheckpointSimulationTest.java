package dev.trestle.state.checkpoint;

import static dev.trestle.state.checkpoint.Facts.require;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.FaultyStore.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that take a job from each other, at any call to the store, with faults of all kinds. A
 * failure names its seed; {@code -Dcheckpoint.seed=N} runs that one, {@code -Dcheckpoint.cases=N}
 * sets the number of cases.
 */
class CheckpointSimulationTest {

  private static final String JOB = "job";
  private static final int FILES = 60;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  @TempDir Path directory;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Path> files = new ArrayList<>();

  @BeforeEach
  void makeFiles() throws IOException {
    for (int i = 0; i < FILES; i++) {
      files.add(Files.writeString(directory.resolve("file-" + i), "content ".repeat(i % 5) + i));
    }
  }

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void jobStaysWholeWhateverHappens() throws Throwable {
    Long seed = Long.getLong("checkpoint.seed");
    if (seed != null) {
      new Case(seed).run();
      return;
    }
    int cases = Integer.getInteger("checkpoint.cases", 4000);
    for (int i = 0; i < cases; i++) {
      try {
        new Case(i).run();
      } catch (Throwable t) {
        throw new AssertionError("checkpoint.seed=" + i, t);
      }
    }
  }

  private final class Case {

    private final Random random;
    private final MemoryStore store = new MemoryStore();
    private final FaultyStore.Late late = new FaultyStore.Late();
    private final Facts facts = new Facts(store, JOB);
    private final LogSlots slots;
    private final int retained;
    private final Faults faults;
    private final Interleaving interleaving;

    /** What was handed over, by epoch and id. */
    private final Map<String, List<TaskSnapshot>> handedOver = new HashMap<>();

    private int starts;

    Case(long seed) {
      random = new Random(seed);
      slots = new LogSlots(2 + random.nextInt(2), 2 + random.nextInt(3), random.nextInt(3));
      retained = 1 + random.nextInt(3);
      faults =
          new Faults(pick(0, 0.01, 0.1), pick(0, 0.005, 0.03), pick(0, 0.05, 0.2), pick(0, 0.3, 1));
      interleaving = new Interleaving(threads, random, (int) pick(2, 10, 60));
      starts = 3 + random.nextInt(4);
    }

    private double pick(double... choices) {
      return choices[random.nextInt(choices.length)];
    }

    void run() throws Throwable {
      int atOnce = 1 + random.nextInt(3);
      for (int i = 0; i < atOnce; i++) {
        interleaving.start(this::process);
      }
      interleaving.run();
      late.arriveAll();
      leavesNoGarbage();
    }

    /** A process, and those that are started when it ends. */
    private void process(Interleaving.Turn turn) throws Exception {
      while (starts-- > 0) {
        FaultyStore mine = new FaultyStore(store, late, random, faults, turn);
        try {
          live(mine);
        } catch (FencedException | FaultyStore.ProcessLost e) {
          continue;
        } catch (CorruptCheckpointException e) {
          throw e;
        } catch (IOException e) {
          continue;
        }
      }
    }

    private void live(FaultyStore mine) throws IOException, FencedException {
      JobCheckpoints checkpoints = JobCheckpoints.open(mine, JOB, retained, slots, CLOCK);
      require(checkpoints.epoch() <= facts.end(), "an epoch that was not claimed");
      restore(checkpoints);
      int commits = 1 + random.nextInt(8);
      for (int i = 0; i < commits; i++) {
        try {
          commit(checkpoints);
        } catch (FencedException e) {
          throw e;
        } catch (IOException e) {
          if (random.nextInt(3) == 0) {
            restore(checkpoints);
          }
        }
      }
    }

    private void restore(JobCheckpoints checkpoints) throws IOException, FencedException {
      LogEntry claim = facts.history.get(checkpoints.epoch());
      LogEntry atLeast =
          facts.history.tailMap(claim.slot()).values().stream()
              .filter(entry -> entry.epoch() == claim.epoch())
              .reduce(claim, (earlier, later) -> later);
      Optional<RestoredCheckpoint> restored =
          checkpoints.newestWhole(
              problem -> {
                throw new AssertionError(problem);
              });
      List<CheckpointRef> lineage = atLeast.lineage();
      require(restored.isPresent() || lineage.isEmpty(), "nothing to restore");
      if (restored.isPresent()) {
        CheckpointManifest manifest = restored.get().manifest();
        if (lineage.isEmpty() || manifest.id() != lineage.get(lineage.size() - 1).id()) {
          require(
              manifest.epoch() == checkpoints.epoch() && manifest.id() >= atLeast.lastId(),
              "restores " + manifest.id() + " instead of the last of " + atLeast);
        }
        holdsWhatWasHandedOver(manifest);
      }
    }

    private void holdsWhatWasHandedOver(CheckpointManifest manifest) throws IOException {
      List<TaskSnapshot> expected = handedOver.get(manifest.epoch() + "/" + manifest.id());
      for (int i = 0; i < expected.size(); i++) {
        Map<String, Checksum> found = new HashMap<>();
        manifest.tasks().get(i).files().forEach(file -> found.put(file.name(), file.checksum()));
        Map<String, Checksum> wanted = new HashMap<>();
        for (SnapshotFile file : expected.get(i).files()) {
          wanted.put(file.name(), Checksum.of(file.path()));
        }
        require(found.equals(wanted), "holds " + found + " instead of " + wanted);
      }
    }

    private void commit(JobCheckpoints checkpoints) throws IOException, FencedException {
      long id = checkpoints.nextId() + random.nextInt(2);
      Kind kind = random.nextInt(8) == 0 ? Kind.SAVEPOINT : Kind.CHECKPOINT;
      List<TaskSnapshot> tasks = tasks();
      handedOver.put(checkpoints.epoch() + "/" + id, tasks);
      CheckpointManifest manifest =
          checkpoints.commit(id, kind, new byte[3], Map.of("a", "b"), 4, tasks);
      CheckpointRef ref = new CheckpointRef(id, manifest.epoch(), kind);
      require(
          facts.history.values().stream().anyMatch(entry -> entry.lineage().contains(ref)),
          "said to be committed and is not: " + ref);
    }

    private List<TaskSnapshot> tasks() {
      List<TaskSnapshot> tasks = new ArrayList<>();
      int base = random.nextInt(8);
      for (int i = 0; i < 1 + random.nextInt(2); i++) {
        List<SnapshotFile> all = new ArrayList<>();
        all.add(new SnapshotFile("own", files.get(random.nextInt(FILES)), false));
        for (int j = base; j < base + random.nextInt(4); j++) {
          all.add(new SnapshotFile("shared-" + j, files.get(j), true));
        }
        tasks.add(new TaskSnapshot("stage", i, i, i + 1, false, 1, 2, all));
      }
      return tasks;
    }

    private void leavesNoGarbage() throws IOException, FencedException {
      FaultyStore good = new FaultyStore(store, late, random, Faults.NONE, () -> {});
      JobCheckpoints checkpoints = JobCheckpoints.open(good, JOB, retained, slots, CLOCK);
      restore(checkpoints);
      commit(checkpoints);
      commit(checkpoints);
      Set<String> left = new HashSet<>(store.objects.keySet());
      left.removeAll(facts.named());
      List<String> entries = left.stream().filter(o -> o.startsWith(JOB + "/log/")).toList();
      entries.forEach(left::remove);
      require(left.isEmpty(), "garbage: " + left);
      long limit = entryLimit();
      require(entries.size() <= limit, "more than " + limit + " entries: " + entries);
    }

    private long entryLimit() {
      long sparsest = (long) Math.pow(slots.radix(), slots.levels() - 1);
      return (long) slots.radix() * slots.levels() + slots.kept() + 2 + facts.end() / sparsest;
    }
  }
}
