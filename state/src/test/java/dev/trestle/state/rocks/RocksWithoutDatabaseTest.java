package dev.trestle.state.rocks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.table.KeyedMapTable;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.table.KeyedTableContract;
import dev.trestle.state.table.MapTableDescriptor;
import dev.trestle.state.table.TableDescriptor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everything stays in the cache, and nothing is below. */
class RocksWithoutDatabaseTest extends KeyedTableContract {

  private static final MemoryBudget BUDGET = new MemoryBudget(1 << 30);

  @Override
  protected KeyedStateBackend newBackend(KeyGroupRange range) {
    return RocksFixture.backend(store(range), 1);
  }

  static RocksStore store(KeyGroupRange range) {
    return RocksStore.create(
        () -> {
          throw new AssertionError("Nothing has to leave the cache");
        },
        Path.of("/nonexistent"),
        RocksFixture.scope(range),
        BUDGET,
        Long.MAX_VALUE);
  }

  @Test
  void keysGoWhenTheyHaveNothingLeft() {
    RocksStore store = store(KeyGroupRange.all(128));
    KeyedStateBackend backend = RocksFixture.backend(store, 1);
    KeyedTable<String> table = backend.table(new TableDescriptor<>("values", STRINGS));
    KeyedMapTable<String, String> maps =
        backend.mapTable(new MapTableDescriptor<>("maps", STRINGS, STRINGS));
    backend.setKey("a", 1);
    table.put("w1", "x");
    maps.put("w2", "k", "y");
    backend.setKey("b", 2);
    assertThat(table.get("w1"), is(nullValue()));
    backend.setKey("a", 1);
    assertThat(store.rowsInMemory(), is(2));
    table.remove("w1");
    maps.remove("w2", "k");
    backend.setKey("b", 2);
    assertThat(store.rowsInMemory(), is(0));
    backend.setKey("a", 1);
    table.put("w1", "again");
    backend.setKey("b", 2);
    backend.setKey("a", 1);
    assertThat(table.get("w1"), is("again"));
    table.remove("w1");
    assertThat(store.checkpoint(Path.of("/nonexistent")), is(List.of()));
  }
}
