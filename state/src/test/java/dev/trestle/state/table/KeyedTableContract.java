package dev.trestle.state.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.ByteKey;
import dev.trestle.state.KeyGroupRange;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyedStateBackend} has to do. */
abstract class KeyedTableContract {

  static final Serializer<String> STRINGS =
      new Serializer<>() {
        @Override
        public void write(String value, DataOutput out) throws IOException {
          out.writeUTF(value);
        }

        @Override
        public String read(DataInput in) throws IOException {
          return in.readUTF();
        }
      };

  private static final KeyGroupRange RANGE = KeyGroupRange.of(1, 2, 128);

  private KeyedStateBackend backend;
  private KeyedTable<String> table;
  private KeyedMapTable<String, String> maps;

  /** A backend without any state; namespaces are strings. */
  abstract KeyedStateBackend newBackend(KeyGroupRange range);

  @BeforeEach
  void open() {
    backend = newBackend(RANGE);
    table = backend.table(new TableDescriptor<>("values", STRINGS));
    maps = backend.mapTable(new MapTableDescriptor<>("maps", STRINGS, STRINGS));
  }

  private void key(Object key) {
    backend.setKey(key, RANGE.first() + Math.floorMod(key.hashCode(), RANGE.size()));
  }

  @Test
  void valuesBelongToKeyAndNamespace() {
    key("a");
    table.put("w1", "a1");
    table.put("w2", "a2");
    key("b");
    assertThat(table.get("w1"), is(nullValue()));
    table.put("w1", "b1");
    key("a");
    assertThat(table.get("w1"), is("a1"));
    assertThat(table.get("w2"), is("a2"));
    assertThat(table.get("w3"), is(nullValue()));
  }

  @Test
  void tablesAreApart() {
    KeyedTable<String> other = backend.table(new TableDescriptor<>("other", STRINGS));
    key("a");
    table.put("w", "one");
    other.put("w", "two");
    table.remove("w");
    assertThat(table.get("w"), is(nullValue()));
    assertThat(other.get("w"), is("two"));
  }

  @Test
  void oneNameIsOneTable() {
    key("a");
    table.put("w", "value");
    assertThat(backend.table(new TableDescriptor<>("values", STRINGS)).get("w"), is("value"));
    assertThrows(
        IllegalArgumentException.class,
        () -> backend.mapTable(new MapTableDescriptor<>("values", STRINGS, STRINGS)));
    assertThrows(
        IllegalArgumentException.class,
        () -> backend.table(new TableDescriptor<>("maps", STRINGS)));
  }

  @Test
  void tableMadeLateWorksForOldKeys() {
    key("a");
    table.put("w", "value");
    KeyedTable<String> late = backend.table(new TableDescriptor<>("late", STRINGS));
    assertThat(late.get("w"), is(nullValue()));
    late.put("w", "late");
    assertThat(late.get("w"), is("late"));
  }

  @Test
  void keysGoWhenTheyHaveNothingLeft() {
    key("a");
    table.put("w1", "x");
    maps.put("w2", "k", "y");
    key("b");
    assertThat(table.get("w1"), is(nullValue()));
    assertThat(backend.keyCount(), is(1L));
    key("a");
    table.remove("w1");
    assertThat(backend.keyCount(), is(1L));
    maps.remove("w2", "k");
    assertThat(backend.keyCount(), is(0L));
    table.put("w1", "again");
    assertThat(backend.keyCount(), is(1L));
    key("b");
    key("a");
    assertThat(table.get("w1"), is("again"));
  }

  @Test
  void namespaceIsDroppedAsAWhole() {
    key("b");
    table.put("w1", "of b");
    key("a");
    table.put("w1", "x");
    table.put("w2", "y");
    maps.put("w1", "k", "z");
    backend.clearNamespace("w1");
    backend.clearNamespace("never seen");
    assertThat(table.get("w1"), is(nullValue()));
    assertThat(maps.isEmpty("w1"), is(true));
    assertThat(table.get("w2"), is("y"));
    key("b");
    assertThat(table.get("w1"), is("of b"));
  }

  @Test
  void probeIsCopied() {
    ByteKey probe = new ByteKey(new byte[] {1, 2, 3}, 0, 2);
    backend.setKey(probe, RANGE.first());
    table.put("w", "value");
    probe.set(new byte[] {9}, 0, 1);
    backend.setKey(probe, RANGE.first());
    assertThat(table.get("w"), is(nullValue()));
    backend.setKey(new ByteKey(new byte[] {0, 1, 2}, 1, 3), RANGE.first());
    assertThat(table.get("w"), is("value"));
  }

  @Test
  void mapsHaveEntries() {
    key("a");
    assertThat(maps.isEmpty("w"), is(true));
    maps.put("w", "k1", "v1");
    maps.put("w", "k2", "v2");
    List<Map.Entry<String, String>> before = maps.entries("w");
    maps.put("w", "k1", "changed");
    maps.remove("w", "k2");
    assertThat(maps.get("w", "k1"), is("changed"));
    assertThat(maps.contains("w", "k2"), is(false));
    assertThat(before, containsInAnyOrder(Map.entry("k1", "v1"), Map.entry("k2", "v2")));
    maps.clear("w");
    assertThat(maps.entries("w"), is(List.of()));
  }

  @Test
  void refusesKeyGroupsOfOthers() {
    assertThrows(IllegalArgumentException.class, () -> backend.setKey("a", RANGE.first() - 1));
    assertThrows(IllegalArgumentException.class, () -> backend.setKey("a", RANGE.end()));
  }

  @Test
  void agreesWithAHashMapOnAnythingAtAll() {
    Map<String, String> model = new HashMap<>();
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      String key = "k" + random.nextInt(300);
      String namespace = "w" + random.nextInt(i % 20 + 1);
      String cell = key + "/" + namespace;
      key(key);
      assertThat(table.get(namespace), is(model.get(cell)));
      switch (random.nextInt(4)) {
        case 0 -> {
          table.remove(namespace);
          model.remove(cell);
        }
        case 1 -> {
          backend.clearNamespace(namespace);
          model.remove(cell);
        }
        default -> {
          table.put(namespace, "v" + i);
          model.put(cell, "v" + i);
        }
      }
    }
    long keys = model.keySet().stream().map(cell -> cell.split("/")[0]).distinct().count();
    assertThat(backend.keyCount(), is(keys));
  }
}
