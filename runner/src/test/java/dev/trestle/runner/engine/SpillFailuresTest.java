package dev.trestle.runner.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.rocks.RocksMemory;
import dev.trestle.state.rocks.RocksResources;
import dev.trestle.state.rocks.RocksSnapshot;
import dev.trestle.state.rocks.RocksStateException;
import dev.trestle.state.rocks.RocksStore;
import dev.trestle.state.rocks.RowScope;
import dev.trestle.state.spill.SpillDirectory;
import dev.trestle.state.spill.SpillException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.util.UserCodeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told when there is no room for temporary files, say. */
final class SpillFailuresTest {

  @TempDir Path directory;

  @Test
  void directoryThatCannotBeMadeIsNamedWithTheOption() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    SpillDirectory spill = SpillDirectory.open(file.resolve("below"));
    SpillException failure = assertThrows(SpillException.class, () -> spill.newFile("sort"));
    assertIsExplained(failure, spill);
  }

  @Test
  void stateThatCannotBeWrittenIsToldOfThroughUserCode() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    RowScope scope = new RowScope(KeyGroupRange.all(1), Set.of(0));
    SnapshotFile restored = new SnapshotFile("CURRENT", file, false);
    try (RocksResources resources = new RocksResources(RocksMemory.DEFAULT, 1)) {
      RocksStateException failure =
          assertThrows(
              RocksStateException.class,
              () ->
                  RocksStore.restore(
                      () -> resources,
                      file.resolve("below"),
                      scope,
                      new MemoryBudget(1 << 20),
                      1 << 20,
                      List.of(new RocksSnapshot(scope, List.of(restored)))));
      assertIsExplained(UserCodeException.wrap(failure), SpillDirectory.open(directory));
    }
  }

  @Test
  void otherFailuresAreAsTheyAre() {
    Exception failure = new IllegalStateException("no luck", new IOException("nor here"));
    assertThat(
        SpillFailures.explained(failure, SpillDirectory.open(directory)), sameInstance(failure));
  }

  private static void assertIsExplained(Exception failure, SpillDirectory spill) {
    Throwable explained = SpillFailures.explained(failure, spill);
    assertThat(
        explained.getMessage(),
        allOf(
            containsString(spill.parent().toString()),
            containsString("-Djava.io.tmpdir=DIRECTORY")));
    assertThat(explained.getCause(), is(failure));
  }
}
