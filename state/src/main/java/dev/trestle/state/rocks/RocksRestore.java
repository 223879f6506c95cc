package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Makes a task's database of checkpoints. */
final class RocksRestore {

  private final RocksResources shared;
  private final StoreFiles files;
  private final KeyGroupRange range;

  RocksRestore(RocksResources shared, StoreFiles files, KeyGroupRange range) {
    this.shared = shared;
    this.files = files;
    this.range = range;
  }

  RocksDatabase open(List<RocksSnapshot> snapshots) {
    if (snapshots.size() == 1) {
      return openAsItIs(snapshots.get(0));
    }
    RocksDatabase database = RocksDatabase.open(shared, files.directory());
    try {
      for (RocksSnapshot snapshot : snapshots) {
        copy(snapshot, database);
      }
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private RocksDatabase openAsItIs(RocksSnapshot snapshot) {
    files.adopt(snapshot);
    RocksDatabase database = RocksDatabase.open(shared, files.directory());
    KeyGroupRange held = snapshot.range();
    if (held.first() < range.first() || held.end() > range.end()) {
      try {
        database.clip(prefix(range.first()), prefix(range.end()));
      } catch (RuntimeException e) {
        database.close();
        throw e;
      }
    }
    return database;
  }

  private void copy(RocksSnapshot snapshot, RocksDatabase target) {
    Path linked = files.directory().resolveSibling(files.directory().getFileName() + ".source");
    try {
      StoreFiles.link(snapshot, linked);
      try (RocksDatabase source = RocksDatabase.openToRead(shared, linked)) {
        RowBatch batch = new RowBatch(target);
        RowOutput key = new RowOutput();
        RowOutput value = new RowOutput();
        source.scan(
            prefix(range.first()),
            (rowKey, rowValue) -> {
              if ((ByteBuffer.wrap(rowKey).getShort() & 0xffff) >= range.end()) {
                return false;
              }
              key.truncate(0);
              key.write(rowKey);
              value.truncate(0);
              value.write(rowValue);
              batch.put(key, value);
              if (batch.isLarge()) {
                batch.commit();
              }
              return true;
            });
        batch.commit();
      }
    } finally {
      StoreFiles.deleteAll(linked);
    }
  }

  /** What rows of a key group, and greater ones, are not less than. */
  private static byte[] prefix(int keyGroup) {
    return ByteBuffer.allocate(Short.BYTES).putShort((short) keyGroup).array();
  }
}
