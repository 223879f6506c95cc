package dev.trestle.state.rocks;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTableContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The cache holds hardly a dozen rows, so that they come and go all the time. */
class RocksTinyCacheTest extends KeyedTableContract {

  @TempDir Path directory;
  private RocksFixture fixture;

  @Override
  protected KeyedStateBackend newBackend(KeyGroupRange range) {
    fixture = new RocksFixture(directory);
    return RocksFixture.backend(fixture.store(range, 4_000), 3);
  }

  @AfterEach
  void close() {
    fixture.close();
  }
}
