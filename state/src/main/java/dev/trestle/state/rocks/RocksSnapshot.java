package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import java.util.List;

/**
 * What one task's checkpoint holds.
 *
 * @param range the key groups that the task had
 */
public record RocksSnapshot(KeyGroupRange range, List<SnapshotFile> files) {
  public RocksSnapshot {
    files = List.copyOf(files);
  }
}
