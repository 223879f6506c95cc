package dev.trestle.state.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.FaultyStore.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobCheckpointsTest {

  private static final String JOB = "orders";

  @TempDir Path local;

  private final MemoryStore memory = new MemoryStore();
  private final Facts facts = new Facts(memory, JOB);
  private final List<String> problems = new ArrayList<>();

  private JobCheckpoints open() throws IOException {
    return JobCheckpoints.open(memory, JOB, 2);
  }

  private FaultyStore faulty(FaultyStore.Pause pause) {
    return new FaultyStore(memory, new FaultyStore.Late(), new Random(1), Faults.NONE, pause);
  }

  private SnapshotFile file(String name, boolean shared) throws IOException {
    Path path = local.resolve(name);
    if (!Files.exists(path)) {
      Files.writeString(path, "content of " + name);
    }
    return new SnapshotFile(name, path, shared);
  }

  private static TaskSnapshot task(SnapshotFile... files) {
    return new TaskSnapshot("stage", 0, 0, 128, false, 10, 5, List.of(files));
  }

  private CheckpointManifest commit(JobCheckpoints checkpoints, SnapshotFile... files)
      throws IOException, FencedException {
    return commit(checkpoints, Kind.CHECKPOINT, files);
  }

  private CheckpointManifest commit(JobCheckpoints checkpoints, Kind kind, SnapshotFile... files)
      throws IOException, FencedException {
    return checkpoints.commit(
        checkpoints.nextId(),
        kind,
        "pipeline".getBytes(UTF_8),
        Map.of("version", "1"),
        128,
        List.of(task(files)));
  }

  private long restoredId(JobCheckpoints checkpoints) throws IOException, FencedException {
    problems.clear();
    return checkpoints.newestWhole(problems::add).map(r -> r.manifest().id()).orElse(0L);
  }

  private String object(String part) {
    List<String> found = memory.objects.keySet().stream().filter(o -> o.contains(part)).toList();
    assertThat(part, found, hasSize(1));
    return found.get(0);
  }

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
  void secondProcessTakesOverAndTheFirstIsFenced() throws Exception {
    JobCheckpoints first = open();
    commit(first, file("a", true));
    JobCheckpoints second = open();
    assertThat(second.epoch(), greaterThan(first.epoch()));
    FencedException error =
        assertThrows(FencedException.class, () -> commit(first, file("b", true)));
    assertThat(error.getMessage(), containsString("epoch " + second.epoch()));
    assertThrows(FencedException.class, () -> first.newestWhole(problems::add));
    assertThat(restoredId(second), is(1L));
    commit(second, file("c", true));
    assertThrows(FencedException.class, () -> commit(first, file("b", true)));
  }

  /** The second takes over at each call that the first makes during a commit. */
  @Test
  void takingOverInTheMiddleOfACommitEndsWithOneOfTwoOutcomes() throws Exception {
    boolean fencedOnce = false;
    boolean committedOnce = false;
    for (int at = 0; at < 60; at++) {
      memory.objects.clear();
      facts.history.clear();
      commit(open(), file("a", true));
      int[] pauses = {Integer.MAX_VALUE};
      long[] seen = {-1};
      FaultyStore slow =
          faulty(
              () -> {
                if (pauses[0]-- == 0) {
                  try {
                    JobCheckpoints second = open();
                    seen[0] = restoredId(second);
                    commit(second, file("c", true));
                    commit(second, file("d", true));
                  } catch (IOException | FencedException e) {
                    throw new AssertionError(e);
                  }
                }
              });
      JobCheckpoints first = JobCheckpoints.open(slow, JOB, 2);
      restoredId(first);
      pauses[0] = at;
      boolean committed = true;
      try {
        commit(first, file("a", true), file("b", true), file("own", false));
      } catch (FencedException e) {
        committed = false;
      }
      if (seen[0] >= 0) {
        assertThat("restored by the second, at " + at, seen[0], is(committed ? 2L : seen[0]));
        fencedOnce |= !committed;
        committedOnce |= committed;
      }
      assertThat(restoredId(open()), greaterThan(committed ? 1L : 0L));
      assertThat(problems, is(empty()));
    }
    assertThat(fencedOnce && committedOnce, is(true));
  }

  @Test
  void processThatIsLostAtAnyCallLeavesTheJobWhole() throws Exception {
    for (int calls = 1; calls < 120; calls++) {
      memory.objects.clear();
      facts.history.clear();
      FaultyStore mortal = faulty(() -> {});
      mortal.callsLeft = calls;
      long committed = 0;
      try {
        JobCheckpoints checkpoints = JobCheckpoints.open(mortal, JOB, 1);
        for (int i = 0; i < 4; i++) {
          committed = commit(checkpoints, file("s" + i / 2, true), file("o" + i, false)).id();
        }
      } catch (FaultyStore.ProcessLost e) {
        // It goes on with what is durable.
      }
      JobCheckpoints after = open();
      assertThat(restoredId(after), greaterThan(committed - 1));
      assertThat(restoredId(after), lessThan(committed + 2));
      assertThat(problems, is(empty()));
      commit(after, file("s1", true));
      commit(after, file("s1", true));
      assertThat(restoredId(open()), is(after.nextId() - 1));
    }
  }

  @Test
  void fullDiskFailsTheCommitAndNoMore() throws Exception {
    for (String trouble : List.of("No space left on device", "Permission denied")) {
      FaultyStore store = faulty(() -> {});
      JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, 2);
      restoredId(checkpoints);
      commit(checkpoints, file("a", true));
      Set<String> before = Set.copyOf(memory.objects.keySet());
      store.outOfOrder = trouble;
      IOException error =
          assertThrows(IOException.class, () -> commit(checkpoints, file("b", false)));
      assertThat(error.getMessage(), containsString(trouble));
      assertThat(memory.objects.keySet(), is(before));
      store.outOfOrder = "";
      long id = commit(checkpoints, file("b", false)).id();
      assertThat(restoredId(open()), is(id));
    }
  }

  @Test
  void failedAttemptsDoNotFillTheDisk() throws Exception {
    FaultyStore store = faulty(() -> {});
    JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, 1);
    commit(checkpoints, file("a", true));
    store.room = memory.objects.size() + 4;
    for (int i = 0; i < 10; i++) {
      SnapshotFile[] many = {
        file("a", true),
        file("b-" + i, true),
        file("c", false),
        file("d-" + i, true),
        file("e", false),
        file("f-" + i, true),
        file("g", false)
      };
      assertThrows(IOException.class, () -> commit(checkpoints, many));
    }
    commit(checkpoints, file("a", true), file("h", false));
    assertThat(restoredId(open()), is(12L));
  }

  @Test
  void missingFileMakesItFallBackAndIsNamed() throws Exception {
    damage(path -> memory.objects.remove(path), "missing");
  }

  @Test
  void truncatedFileMakesItFallBackAndIsNamed() throws Exception {
    damage(
        path -> memory.objects.put(path, Arrays.copyOf(memory.objects.get(path), 3)),
        "has 3 bytes instead of");
  }

  private interface Damage {
    void to(String path);
  }

  private void damage(Damage damage, String expected) throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    commit(checkpoints, file("a", true), file("b", true));
    String broken = object("-b");
    facts.expectDamage();
    damage.to(broken);
    assertThat(restoredId(open()), is(1L));
    assertThat(
        problems,
        contains(containsString("Passed over checkpoint 2: " + broken + ": " + expected)));
  }

  @Test
  void anyDamageToAManifestMakesItFallBack() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    CheckpointManifest second = commit(checkpoints, file("a", true));
    String path = checkpoints.directoryOf(second) + "/manifest";
    facts.expectDamage();
    byte[] whole = memory.objects.get(path);
    for (int bit = 0; bit < whole.length * 8; bit += 5) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      expectFallBack(path, flipped);
    }
    for (int length = 0; length < whole.length; length += 7) {
      expectFallBack(path, Arrays.copyOf(whole, length));
    }
    expectFallBack(path, Arrays.copyOf(whole, whole.length + 1));
  }

  private void expectFallBack(String path, byte[] content) throws Exception {
    memory.objects.put(path, content);
    assertThat(restoredId(open()), is(1L));
    assertThat(problems, hasSize(1));
    assertThat(problems.get(0), containsString(path));
  }

  @Test
  void alteredFileIsFoundWhenItIsFetchedAndTheNextOlderIsGiven() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    commit(checkpoints, file("a", true), file("b", true));
    String broken = object("-b");
    facts.expectDamage();
    memory.objects.get(broken)[2] ^= 1;

    JobCheckpoints after = open();
    RestoredCheckpoint newest = after.newestWhole(problems::add).orElseThrow();
    Path to = local.resolve("to");
    newest.fetch(newest.manifest().tasks().get(0).files().get(0), to);
    CorruptCheckpointException error =
        assertThrows(
            CorruptCheckpointException.class,
            () -> newest.fetch(newest.manifest().tasks().get(0).files().get(1), to));
    assertThat(error.object(), is(broken));
    assertThat(Files.exists(to), is(false));

    RestoredCheckpoint older = after.newestWholeBefore(2, problems::add).orElseThrow();
    assertThat(older.manifest().id(), is(1L));
    CheckpointManifest third = commit(after, file("a", true), file("b", true));
    assertThat("given up", memory.objects.containsKey(broken), is(false));
    JobCheckpoints last = open();
    assertThat(restoredId(last), is(third.id()));
    assertThat(
        last.newestWholeBefore(third.id(), problems::add).orElseThrow().manifest().id(), is(1L));
  }

  @Test
  void nothingIsPassedOverBecauseTheStoreFails() throws Exception {
    commit(open(), file("a", true));
    FaultyStore store = faulty(() -> {});
    JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, 2);
    store.faults = new Faults(1, 0, 0, 0);
    assertThrows(IOException.class, () -> checkpoints.newestWhole(problems::add));
    assertThat(problems, is(empty()));
    store.faults = Faults.NONE;
    assertThat(restoredId(checkpoints), is(1L));
  }

  @Test
  void lostLogEntryMakesItFallBackAndIsNamed() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    commit(checkpoints, file("a", true));
    facts.expectDamage();
    byte[] entry = memory.objects.get(JOB + "/log/000000000003");
    entry[entry.length / 2] ^= 1;
    assertThat(restoredId(open()), is(1L));
    assertThat(problems, contains(containsString("log/000000000003: the checksum differs")));
  }

  @Test
  void unreadableLogIsNotTakenForANewJob() throws Exception {
    commit(open(), file("a", true));
    facts.expectDamage();
    memory.objects.replaceAll((path, content) -> path.contains("/log/") ? new byte[9] : content);
    CorruptCheckpointException error = assertThrows(CorruptCheckpointException.class, this::open);
    assertThat(error.getMessage(), containsString("log/000000000002"));
  }

  @Test
  void nothingFallsBackBehindANewerTrestle() throws Exception {
    JobCheckpoints checkpoints = open();
    commit(checkpoints, file("a", true));
    CheckpointManifest second = commit(checkpoints, file("a", true));
    String path = checkpoints.directoryOf(second) + "/manifest";
    facts.expectDamage();
    memory.objects.put(path, new Frame("TRSTLMAN", 2).wrap(new byte[0]));
    UnknownFormatException error =
        assertThrows(UnknownFormatException.class, () -> open().newestWhole(problems::add));
    assertThat(error.getMessage(), containsString("format version 2"));
  }

  @Test
  void newRunThatRestoresNothingGivesUpWhatWasThere() throws Exception {
    commit(open(), file("a", true));
    JobCheckpoints fresh = open();
    CheckpointManifest only = commit(fresh, file("b", true));
    JobCheckpoints after = open();
    assertThat(restoredId(after), is(only.id()));
    assertThat(after.newestWholeBefore(only.id(), problems::add), is(Optional.empty()));
  }

  @Test
  void commitThatLandsAfterTheRunWasRestoredIsNoAncestorOfIt() throws Exception {
    FaultyStore.Late late = new FaultyStore.Late();
    FaultyStore store = new FaultyStore(memory, late, new Random(1), Faults.NONE, () -> {});
    JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, 5);
    long first = commit(checkpoints, file("a", true)).id();
    store.loseAnswersOf = "/log/";
    assertThrows(IOException.class, () -> commit(checkpoints, file("b", true)));
    store.loseAnswersOf = "";
    assertThat(restoredId(checkpoints), is(first));
    late.arriveAll();
    long third = commit(checkpoints, file("c", true)).id();
    JobCheckpoints after = open();
    assertThat(restoredId(after), is(third));
    assertThat(
        after.newestWholeBefore(third, problems::add).orElseThrow().manifest().id(), is(first));
  }

  @Test
  void whatALateCommitHasDroppedIsNotBroughtBack() throws Exception {
    FaultyStore.Late late = new FaultyStore.Late();
    FaultyStore store = new FaultyStore(memory, late, new Random(1), Faults.NONE, () -> {});
    JobCheckpoints checkpoints = JobCheckpoints.open(store, JOB, 2);
    commit(checkpoints, file("a", true));
    commit(checkpoints, file("b", true));
    store.loseAnswersOf = "/log/";
    assertThrows(IOException.class, () -> commit(checkpoints, file("c", true)));
    store.loseAnswersOf = "";
    assertThat(restoredId(checkpoints), is(2L));
    late.arriveAll();
    commit(checkpoints, Kind.SAVEPOINT, file("d", true));
    assertThat(restoredId(open()), is(4L));
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
