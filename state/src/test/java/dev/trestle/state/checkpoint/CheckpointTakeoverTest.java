package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointManifest.Kind;
import dev.trestle.state.checkpoint.FaultyStore.Faults;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Processes that take over from one another, are lost, or cannot write. */
final class CheckpointTakeoverTest extends CheckpointsOfAJob {

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
}
