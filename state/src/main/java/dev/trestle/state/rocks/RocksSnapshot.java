package dev.trestle.state.rocks;

import dev.trestle.state.checkpoint.SnapshotFile;
import java.util.List;

/**
 * What one task's checkpoint holds.
 *
 * @param scope of the task's store
 */
public record RocksSnapshot(RowScope scope, List<SnapshotFile> files) {
  public RocksSnapshot {
    files = List.copyOf(files);
  }
}
