package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTableContract;
import dev.trestle.state.table.Serializer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Stores in a directory, all closed together. */
final class RocksFixture implements AutoCloseable {

  static final Serializer<Object> STRINGS =
      new Serializer<>() {
        @Override
        public void write(Object value, DataOutput out) throws IOException {
          KeyedTableContract.STRINGS.write((String) value, out);
        }

        @Override
        public Object read(DataInput in) throws IOException {
          return KeyedTableContract.STRINGS.read(in);
        }
      };

  final MemoryBudget budget = new MemoryBudget(256 << 20);
  final RocksResources shared = new RocksResources(new RocksMemory(16 << 20, 8 << 20), 1);
  private final Path directory;
  private final List<RocksStore> stores = new java.util.ArrayList<>();

  RocksFixture(Path directory) {
    this.directory = directory;
  }

  RocksStore store(KeyGroupRange range, long cacheBytes, RocksSnapshot... snapshots) {
    RocksStore store =
        RocksStore.restore(
            () -> shared,
            path("store" + stores.size()),
            scope(range),
            budget,
            cacheBytes,
            List.of(snapshots));
    stores.add(store);
    return store;
  }

  static RowScope scope(KeyGroupRange range) {
    return new RowScope(range, Set.of(1, 2));
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  static KeyedStateBackend backend(RocksStore store, int operator) {
    return store.backend(operator, STRINGS, STRINGS);
  }

  @Override
  public void close() {
    stores.forEach(RocksStore::close);
    shared.close();
  }
}
