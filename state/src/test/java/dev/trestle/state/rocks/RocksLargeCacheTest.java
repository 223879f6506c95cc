package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTableContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Everything stays in the cache. */
class RocksLargeCacheTest extends KeyedTableContract {

  @TempDir Path directory;
  private RocksFixture fixture;

  @Override
  protected KeyedStateBackend newBackend(KeyGroupRange range) {
    fixture = new RocksFixture(directory);
    return RocksFixture.backend(fixture.store(range, 64 << 20), 3);
  }

  @AfterEach
  void close() {
    fixture.close();
  }
}
