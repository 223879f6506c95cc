package dev.trestle.state.rocks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedListTable;
import dev.trestle.state.table.KeyedMapTable;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.KeyedTable;
import dev.trestle.state.table.KeyedTableContract;
import dev.trestle.state.table.ListTableDescriptor;
import dev.trestle.state.table.MapTableDescriptor;
import dev.trestle.state.table.TableDescriptor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random operations on a backend, and the same on one without a database, to be compared. */
final class TwinState {

  private static final int KEYS = 500;
  private static final int NAMESPACES = 3;

  private final Random random;
  private final Tables expected =
      new Tables(RocksFixture.backend(RocksWithoutDatabaseTest.store(KeyGroupRange.all(128)), 1));

  private static final class Tables {
    final KeyedStateBackend backend;
    final KeyedTable<String> one;
    final KeyedTable<String> two;
    final KeyedMapTable<String, String> maps;
    final KeyedListTable<String> lists;

    Tables(KeyedStateBackend backend) {
      this.backend = backend;
      one = backend.table(new TableDescriptor<>("one", KeyedTableContract.STRINGS));
      lists = backend.listTable(new ListTableDescriptor<>("lists", KeyedTableContract.STRINGS));
      maps =
          backend.mapTable(
              new MapTableDescriptor<>(
                  "maps", KeyedTableContract.STRINGS, KeyedTableContract.STRINGS));
      two = backend.table(new TableDescriptor<>("two", KeyedTableContract.STRINGS));
    }

    void apply(int operation, String namespace, String subKey, String value) {
      switch (operation) {
        case 0, 1, 2 -> one.put(namespace, value);
        case 3 -> one.remove(namespace);
        case 4, 5 -> two.put(namespace, value);
        case 6 -> two.remove(namespace);
        case 7, 8, 9, 10 -> maps.put(namespace, subKey, value);
        case 11, 12 -> maps.remove(namespace, subKey);
        case 13, 14, 15, 16 -> lists.add(namespace, value);
        case 17 -> lists.remove(namespace);
        case 18 -> maps.clear(namespace);
        default -> backend.clearNamespace(namespace);
      }
    }
  }

  TwinState(Random random) {
    this.random = random;
  }

  private static void key(KeyedStateBackend backend, int number) {
    backend.setKey("k" + number, group(number));
  }

  private static int group(int number) {
    return number % 128;
  }

  /** Does the same to both. Only keys of the given groups are touched. */
  void mutate(KeyedStateBackend backend, KeyGroupRange range, int operations) {
    Tables actual = new Tables(backend);
    for (int i = 0; i < operations; i++) {
      int number = random.nextInt(KEYS);
      if (!range.contains(group(number))) {
        continue;
      }
      String namespace = "w" + random.nextInt(NAMESPACES);
      int operation = random.nextInt(20);
      String subKey = "s" + random.nextInt(30);
      String value = "v".repeat(random.nextInt(random.nextInt(300) + 1)) + i;
      key(backend, number);
      key(expected.backend, number);
      actual.apply(operation, namespace, subKey, value);
      expected.apply(operation, namespace, subKey, value);
    }
  }

  void compare(KeyedStateBackend backend, KeyGroupRange range) {
    Tables actual = new Tables(backend);
    for (int number = 0; number < KEYS; number++) {
      if (range.contains(group(number))) {
        key(backend, number);
        key(expected.backend, number);
        for (int n = 0; n < NAMESPACES; n++) {
          compare(actual, "w" + n);
        }
      }
    }
  }

  private void compare(Tables actual, String namespace) {
    assertThat(actual.one.get(namespace), is(expected.one.get(namespace)));
    assertThat(actual.two.get(namespace), is(expected.two.get(namespace)));
    assertThat(actual.lists.read(namespace), is(expected.lists.read(namespace)));
    assertThat(map(actual.maps.entries(namespace)), is(map(expected.maps.entries(namespace))));
  }

  private static Map<String, String> map(List<Map.Entry<String, String>> entries) {
    Map<String, String> map = new HashMap<>();
    entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
    return map;
  }
}
