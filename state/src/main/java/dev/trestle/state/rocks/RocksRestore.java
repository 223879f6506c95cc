package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Makes a task's database of checkpoints. */
final class RocksRestore {

  private final RocksResources shared;
  private final StoreFiles files;
  private final RowScope wanted;

  RocksRestore(RocksResources shared, StoreFiles files, RowScope wanted) {
    this.shared = shared;
    this.files = files;
    this.wanted = wanted;
  }

  RocksDatabase open(List<RocksSnapshot> snapshots) {
    if (snapshots.size() == 1
        && wanted.operators().containsAll(snapshots.get(0).scope().operators())) {
      return openAsItIs(snapshots.get(0));
    }
    files.make();
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
    if (!wanted.hasKeyGroupsOf(snapshot.scope())) {
      try {
        KeyGroupRange range = wanted.range();
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
        RowBatch batch = new RowBatch(target::write);
        RowOutput key = new RowOutput();
        RowOutput value = new RowOutput();
        source.scan(
            prefix(wanted.range().first()),
            (rowKey, rowValue) -> {
              ByteBuffer start = ByteBuffer.wrap(rowKey);
              if (Short.toUnsignedInt(start.getShort()) >= wanted.range().end()) {
                return false;
              }
              if (wanted.operators().contains(Short.toUnsignedInt(start.getShort()))) {
                key.truncate(0);
                key.write(rowKey);
                value.truncate(0);
                value.write(rowValue);
                batch.put(key, value);
                if (batch.isLarge()) {
                  batch.commit();
                }
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
