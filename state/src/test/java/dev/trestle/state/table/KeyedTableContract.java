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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyedStateBackend} has to do. */
public abstract class KeyedTableContract {

  public static final Serializer<String> STRINGS =
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

  protected KeyedStateBackend backend;
  private KeyedTable<String> table;
  private KeyedMapTable<String, String> maps;
  private KeyedListTable<String> lists;

  /** A backend without any state; namespaces are strings. */
  protected abstract KeyedStateBackend newBackend(KeyGroupRange range);

  @BeforeEach
  void open() {
    backend = newBackend(RANGE);
    table = backend.table(new TableDescriptor<>("values", STRINGS));
    maps = backend.mapTable(new MapTableDescriptor<>("maps", STRINGS, STRINGS));
    lists = backend.listTable(new ListTableDescriptor<>("lists", STRINGS));
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
  void namespaceIsDroppedAsAWhole() {
    key("b");
    table.put("w1", "of b");
    key("a");
    table.put("w1", "x");
    table.put("w2", "y");
    maps.put("w1", "k", "z");
    lists.add("w1", "z");
    backend.clearNamespace("w1");
    backend.clearNamespace("never seen");
    assertThat(table.get("w1"), is(nullValue()));
    assertThat(maps.isEmpty("w1"), is(true));
    assertThat(lists.read("w1"), is(List.of()));
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
  void listsGrowAndGo() {
    key("a");
    assertThat(lists.isEmpty("w"), is(true));
    List<String> expected = new ArrayList<>();
    List<String> early = List.of();
    for (int i = 0; i < 5_000; i++) {
      key(i % 2 == 0 ? "a" : "b");
      lists.add("w", "element " + i);
      if (i % 2 == 0) {
        expected.add("element " + i);
      }
      if (i == 2_000) {
        early = lists.read("w");
      }
    }
    key("a");
    assertThat(lists.isEmpty("w"), is(false));
    assertThat(lists.read("w"), is(expected));
    assertThat(early, is(expected.subList(0, 1_001)));
    lists.remove("w");
    assertThat(lists.isEmpty("w"), is(true));
    lists.add("w", "new");
    assertThat(lists.read("w"), is(List.of("new")));
    key("b");
    assertThat(lists.read("w").size(), is(2_500));
  }

  @Test
  void mapsKeepNull() {
    KeyedMapTable<String, String> nullable =
        backend.mapTable(new MapTableDescriptor<>("nullable", STRINGS, STRINGS));
    key("a");
    nullable.put("w", "k", null);
    fill();
    key("a");
    assertThat(nullable.contains("w", "k"), is(true));
    assertThat(nullable.get("w", "k"), is(nullValue()));
    assertThat(nullable.isEmpty("w"), is(false));
  }

  @Test
  void largeMapIsClearedAndFilledAgain() {
    key("a");
    for (int i = 0; i < 2_000; i++) {
      maps.put("w", "k" + i, "v");
    }
    fill();
    key("a");
    assertThat(maps.entries("w").size(), is(2_000));
    maps.clear("w");
    assertThat(maps.isEmpty("w"), is(true));
    maps.put("w", "k7", "again");
    fill();
    key("a");
    assertThat(maps.get("w", "k8"), is(nullValue()));
    assertThat(maps.entries("w"), is(List.of(Map.entry("k7", "again"))));
  }

  @Test
  void announcedKeysAreAsOthers() {
    fill();
    ByteKey probe = new ByteKey();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 3_000; i++) {
        byte[] bytes = {(byte) (i >> 8), (byte) i};
        probe.set(bytes, 0, 2);
        backend.announce(probe, RANGE.first() + i % RANGE.size(), "w");
        backend.announce(probe, RANGE.first() + i % RANGE.size(), "w");
      }
      if (round != 1) {
        backend.fetchAnnounced();
      }
      for (int i = 0; i < 3_000; i++) {
        byte[] bytes = {(byte) (i >> 8), (byte) i};
        probe.set(bytes, 0, 2);
        backend.setKey(probe, RANGE.first() + i % RANGE.size());
        assertThat(table.get("w"), is(round == 0 ? null : "v" + i));
        table.put("w", "v" + i);
      }
    }
  }

  /** Touches many other keys, so that others may have to leave memory. */
  private void fill() {
    for (int i = 0; i < 5_000; i++) {
      key("filler" + i);
      table.put("w", "some value");
    }
  }

  @Test
  void agreesWithAModelOnListsAndMaps() {
    Map<String, Map<String, String>> mapModel = new HashMap<>();
    Map<String, List<String>> listModel = new HashMap<>();
    Random random = new Random(2);
    for (int i = 0; i < 100_000; i++) {
      String key = "k" + random.nextInt(400);
      String namespace = "w" + random.nextInt(3);
      String cell = key + "/" + namespace;
      String subKey = "s" + random.nextInt(random.nextInt(40) + 1);
      Map<String, String> map = mapModel.computeIfAbsent(cell, c -> new HashMap<>());
      List<String> list = listModel.computeIfAbsent(cell, c -> new ArrayList<>());
      key(key);
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> {
          maps.put(namespace, subKey, "v" + i);
          map.put(subKey, "v" + i);
        }
        case 4, 5 -> {
          maps.remove(namespace, subKey);
          map.remove(subKey);
        }
        case 6 -> assertThat(Map.ofEntries(entries(namespace)), is(map));
        case 7 -> assertThat(maps.isEmpty(namespace), is(map.isEmpty()));
        case 8 -> {
          if (random.nextInt(4) == 0) {
            maps.clear(namespace);
            map.clear();
          }
        }
        case 9, 10, 11 -> {
          String element = "e".repeat(random.nextInt(400)) + i;
          lists.add(namespace, element);
          list.add(element);
        }
        case 12 -> assertThat(lists.read(namespace), is(list));
        case 13 -> {
          if (random.nextInt(4) == 0) {
            lists.remove(namespace);
            list.clear();
          }
        }
        case 14 -> {
          if (random.nextInt(8) == 0) {
            backend.clearNamespace(namespace);
            list.clear();
            map.clear();
          }
        }
        default -> assertThat(maps.get(namespace, subKey), is(map.get(subKey)));
      }
      assertThat(lists.isEmpty(namespace), is(list.isEmpty()));
      assertThat(maps.contains(namespace, subKey), is(map.containsKey(subKey)));
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic class
  private Map.Entry<String, String>[] entries(String namespace) {
    return maps.entries(namespace).toArray(new Map.Entry[0]);
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
  }
}
