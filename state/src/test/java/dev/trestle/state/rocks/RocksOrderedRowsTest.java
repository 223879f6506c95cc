package dev.trestle.state.rocks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.table.KeyedStateBackend;
import dev.trestle.state.table.OrderedRows;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksOrderedRowsTest {

  private static final KeyGroupRange ALL = KeyGroupRange.all(4);
  private static final long SMALL = 20_000;
  private static final byte[] FIRST = {};

  @TempDir Path directory;
  private RocksFixture fixture;

  @BeforeEach
  void open() {
    fixture = new RocksFixture(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void put(OrderedRows rows, int keyGroup, String key, String value) {
    rows.put(keyGroup, bytes(key), key.length(), bytes(value), value.length());
  }

  private static String get(OrderedRows rows, int keyGroup, String key) {
    byte[] value = rows.get(keyGroup, bytes(key), key.length());
    return value == null ? null : new String(value, StandardCharsets.ISO_8859_1);
  }

  /** {@code key=value} of all rows of a key group from one on. */
  private static List<String> rows(OrderedRows rows, int keyGroup, byte[] from) {
    List<String> found = new ArrayList<>();
    rows.scan(
        keyGroup,
        from,
        (key, value) -> {
          found.add(
              new String(key, StandardCharsets.ISO_8859_1)
                  + "="
                  + new String(value, StandardCharsets.ISO_8859_1));
          return true;
        });
    return found;
  }

  @Test
  void agreesWithATreeOverCheckpointsAndOtherParallelisms() {
    Random random = new Random(11);
    List<TreeMap<String, String>> expected = new ArrayList<>();
    for (int i = 0; i < ALL.size(); i++) {
      expected.add(new TreeMap<>());
    }
    RocksStore store = fixture.store(ALL, SMALL);
    OrderedRows rows = store.orderedRows(1, 200);
    RocksSnapshot snapshot = null;
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 2_000; i++) {
        mutate(rows, expected, random);
      }
      for (int group = 0; group < ALL.size(); group++) {
        List<String> all = new ArrayList<>();
        String from = Character.toString((char) random.nextInt(256));
        expected.get(group).tailMap(from).forEach((key, value) -> all.add(key + "=" + value));
        assertThat(rows(rows, group, bytes(from)), is(all));
        String key = Character.toString((char) random.nextInt(256));
        assertThat(get(rows, group, key), is(expected.get(group).get(key)));
      }
      snapshot =
          new RocksSnapshot(
              RocksFixture.scope(ALL), store.checkpoint(fixture.path("checkpoint" + round)));
      if (random.nextBoolean()) {
        store = fixture.store(ALL, SMALL, snapshot);
        rows = store.orderedRows(1, 200);
      }
    }
    for (int task = 0; task < 2; task++) {
      KeyGroupRange half = KeyGroupRange.of(task, 2, ALL.total());
      OrderedRows ofHalf = fixture.store(half, SMALL, snapshot).orderedRows(1, 200);
      for (int group = half.first(); group < half.end(); group++) {
        List<String> all = new ArrayList<>();
        expected.get(group).forEach((key, value) -> all.add(key + "=" + value));
        assertThat(rows(ofHalf, group, FIRST), is(all));
      }
    }
  }

  private static void mutate(
      OrderedRows rows, List<TreeMap<String, String>> expected, Random random) {
    int group = random.nextInt(expected.size());
    TreeMap<String, String> model = expected.get(group);
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      text.append((char) random.nextInt(256));
    }
    String key = text.toString();
    switch (random.nextInt(40)) {
      case 0 -> {
        String prefix = key.substring(0, 1);
        rows.deletePrefix(group, bytes(prefix), 1);
        model.keySet().removeIf(known -> known.startsWith(prefix));
      }
      case 1, 2, 3, 4, 5, 6, 7, 8 -> {
        rows.delete(group, bytes(key), key.length());
        model.remove(key);
      }
      default -> {
        String value = Long.toString(random.nextLong());
        put(rows, group, key, value);
        model.put(key, value);
      }
    }
  }

  @Test
  void kindsOperatorsAndKeysAreApart() {
    RocksStore store = fixture.store(ALL, SMALL);
    put(store.orderedRows(1, 0), 2, "a", "first");
    put(store.orderedRows(1, 255), 2, "a", "second");
    put(store.orderedRows(2, 0), 2, "a", "third");
    KeyedStateBackend keyed = RocksFixture.backend(store, 1);
    TwinState twins = new TwinState(new Random(3));
    twins.mutate(keyed, ALL, 2_000);
    store.flush();
    assertThat(rows(store.orderedRows(1, 0), 2, FIRST), is(List.of("a=first")));
    assertThat(rows(store.orderedRows(1, 255), 2, FIRST), is(List.of("a=second")));
    assertThat(rows(store.orderedRows(2, 0), 2, FIRST), is(List.of("a=third")));
    assertThat(rows(store.orderedRows(1, 0), 3, FIRST), is(empty()));
    twins.compare(keyed, ALL);
  }

  @Test
  void rowIsFoundByItsKeyUntilItIsDeleted() {
    RocksStore store = fixture.store(ALL, SMALL);
    OrderedRows rows = store.orderedRows(1, 0);
    put(rows, 0, "ab", "1");
    assertThat(get(rows, 0, "ab"), is("1"));
    assertThat(get(rows, 0, "a"), is(nullValue()));
    assertThat(get(rows, 1, "ab"), is(nullValue()));
    put(rows, 1, "b", "2");
    List<byte[]> values =
        rows.getAll(new int[] {1, 0, 0}, List.of(bytes("b"), bytes("b"), bytes("ab")));
    assertThat(values, contains(bytes("2"), null, bytes("1")));
    assertThat(rows.getAll(new int[0], List.of()), is(empty()));
    rows.delete(0, bytes("ab"), 2);
    assertThat(get(rows, 0, "ab"), is(nullValue()));
  }

  @Test
  void scanEndsWhenTheVisitorHasEnough() {
    RocksStore store = fixture.store(ALL, SMALL);
    OrderedRows rows = store.orderedRows(1, 0);
    put(rows, 0, "a", "1");
    put(rows, 0, "b", "2");
    List<byte[]> seen = new ArrayList<>();
    rows.scan(0, FIRST, (key, value) -> !seen.add(key));
    assertThat(seen.size(), is(1));
  }

  @Test
  void emptyStoreIsScannedWithoutADatabase() {
    RocksStore store = fixture.store(ALL, SMALL);
    assertThat(rows(store.orderedRows(1, 0), 0, FIRST), is(empty()));
    assertThat(get(store.orderedRows(1, 0), 0, "a"), is(nullValue()));
    List<byte[]> values =
        store.orderedRows(1, 0).getAll(new int[] {0, 1}, List.of(bytes("a"), bytes("b")));
    assertThat(values, contains(nullValue(), nullValue()));
    assertThat(store.hasDatabase(), is(false));
  }

  @Test
  void keyGroupsOfOthersAreRefused() {
    RocksStore store = fixture.store(KeyGroupRange.of(0, 2, ALL.total()), SMALL);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> put(store.orderedRows(1, 0), 3, "a", "1"));
    assertThat(refused.getMessage(), containsString("Key group 3"));
  }
}
