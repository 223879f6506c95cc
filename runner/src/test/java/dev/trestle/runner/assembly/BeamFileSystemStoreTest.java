package dev.trestle.runner.assembly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.CheckpointStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beam's local file system. What takes more than one process or thread at a time is left out. */
final class BeamFileSystemStoreTest extends CheckpointStoreContract {

  @TempDir Path directory;

  @BeforeAll
  static void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @Override
  protected CheckpointStore newStore() {
    return BeamFileSystemStore.open(directory.resolve("deep/below").toString());
  }

  @Override
  protected CheckpointStore again(CheckpointStore store) {
    return BeamFileSystemStore.open(store.toString());
  }

  /** There is no conditional write: hence the option. */
  @Override
  protected void oneOfManyCreates() {}

  /** A listing fails if a file vanishes while it is made. */
  @Override
  protected void writersAndDeletersOfNeighboursDoNotDisturbEachOther() {}

  @Test
  void createsByRenaming() throws IOException {
    CheckpointStore store = newStore();
    store.createIfAbsent("a", new byte[1]);
    try (Stream<Path> unfinished = Files.list(directory.resolve("deep/below/.unfinished"))) {
      assertThat(unfinished.count(), is(0L));
    }
  }

  @Test
  void patternIsNoDirectory() {
    assertThrows(IllegalArgumentException.class, () -> BeamFileSystemStore.open("/tmp/a*b"));
  }
}
