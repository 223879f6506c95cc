package dev.trestle.runner.recovery;

import dev.trestle.state.checkpoint.CheckpointStore;
import dev.trestle.state.checkpoint.DirectoryStore;
import java.util.Map;

final class KilledProcessTest extends KilledProcessContract {

  @Override
  protected String checkpointDir() {
    return directory.resolve("checkpoints").toString();
  }

  @Override
  protected Map<String, String> environment() {
    return Map.of();
  }

  @Override
  protected CheckpointStore store() {
    return DirectoryStore.open(directory.resolve("checkpoints"));
  }
}
