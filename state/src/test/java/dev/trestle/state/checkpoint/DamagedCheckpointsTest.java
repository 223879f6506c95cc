package dev.trestle.state.checkpoint;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.FaultyStore.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What of a store is damaged is passed over, and named. */
final class DamagedCheckpointsTest extends CheckpointsOfAJob {

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
}
