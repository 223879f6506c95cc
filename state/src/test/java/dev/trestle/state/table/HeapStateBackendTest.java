package dev.trestle.state.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.state.KeyGroupRange;
import org.junit.jupiter.api.Test;

class HeapStateBackendTest extends KeyedTableContract {

  @Override
  protected KeyedStateBackend newBackend(KeyGroupRange range) {
    return new HeapStateBackend(range);
  }

  @Test
  void keysGoWhenTheyHaveNothingLeft() {
    HeapStateBackend heap = new HeapStateBackend(KeyGroupRange.all(128));
    KeyedTable<String> table = heap.table(new TableDescriptor<>("values", STRINGS));
    KeyedMapTable<String, String> maps =
        heap.mapTable(new MapTableDescriptor<>("maps", STRINGS, STRINGS));
    heap.setKey("a", 1);
    table.put("w1", "x");
    maps.put("w2", "k", "y");
    heap.setKey("b", 2);
    assertThat(table.get("w1"), is(nullValue()));
    assertThat(heap.keyCount(), is(1L));
    heap.setKey("a", 1);
    table.remove("w1");
    assertThat(heap.keyCount(), is(1L));
    maps.remove("w2", "k");
    assertThat(heap.keyCount(), is(0L));
    table.put("w1", "again");
    assertThat(heap.keyCount(), is(1L));
    heap.setKey("b", 2);
    heap.setKey("a", 1);
    assertThat(table.get("w1"), is("again"));
  }
}
