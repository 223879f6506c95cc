package dev.trestle.state.spill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.memory.MemoryBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpillingSorterTest {

  private static final long TINY = 100_000;

  @TempDir Path directory;
  private SpillDirectory spill;
  private final MemoryBudget nothing = new MemoryBudget(0);

  @BeforeEach
  void open() {
    spill = SpillDirectory.open(directory);
  }

  @AfterEach
  void close() {
    spill.close();
  }

  @Test
  void nothingInNothingOut() {
    try (SortedGroups groups = new SpillingSorter(nothing, spill).finish()) {
      assertThat(groups.nextKey(), is(false));
      assertThat(groups.nextKey(), is(false));
    }
  }

  @Test
  void staysInMemoryAsLongAsTheBudgetAllows() throws IOException {
    MemoryBudget budget = new MemoryBudget(64 << 20);
    SpillingSorter sorter = new SpillingSorter(budget, spill);
    for (int i = 0; i < 100_000; i++) {
      add(sorter, "key" + i % 1000, "a value of some length, number " + i);
    }
    try (SortedGroups groups = sorter.finish()) {
      assertThat(read(groups).size(), is(1000));
      assertThat(budget.used(), greaterThan(0L));
    }
    assertThat(budget.used(), is(0L));
    assertThat(SpillDirectoryTest.list(directory), is(empty()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 5_000, 200_000})
  void groupsWhatSpillsInOrderOfInsertion(int keys) throws IOException {
    SpillingSorter sorter = new SpillingSorter(nothing, spill, TINY);
    Map<String, List<String>> expected = new HashMap<>();
    Random random = new Random(keys);
    for (int i = 0; i < 200_000; i++) {
      String key = "a common prefix " + random.nextInt(keys);
      String value = "x".repeat(random.nextInt(20)) + i;
      expected.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
      add(sorter, key, value);
    }
    assertThat(sorter.size(), is(200_000L));
    assertThat(sorter.spilledBytes(), greaterThan(TINY));
    try (SortedGroups groups = sorter.finish()) {
      assertThat(read(groups).equals(expected), is(true));
    }
    assertThat(SpillDirectoryTest.list(directory).size(), is(1));
    assertThat(
        "only the lock", Files.list(SpillDirectoryTest.list(directory).get(0)).count(), is(1L));
  }

  @Test
  void takesRecordsLargerThanItsMemory() {
    SpillingSorter sorter = new SpillingSorter(nothing, spill, TINY);
    byte[] large = new byte[3 << 20];
    large[large.length - 1] = 7;
    for (int i = 0; i < 3; i++) {
      add(sorter, "k", "small");
      sorter.add("k".getBytes(UTF_8), 0, 1, large, 0, large.length);
    }
    try (SortedGroups groups = sorter.finish()) {
      assertThat(groups.nextKey(), is(true));
      List<Integer> lengths = new ArrayList<>();
      for (ByteSlice value : groups.values()) {
        lengths.add(value.length());
        if (value.length() > 5) {
          assertThat(value.bytes()[value.end() - 1], is((byte) 7));
        }
      }
      assertThat(lengths, is(List.of(5, 3 << 20, 5, 3 << 20, 5, 3 << 20)));
      assertThat(groups.nextKey(), is(false));
    }
  }

  @Test
  void acceptsEmptyKeysAndValues() {
    SpillingSorter sorter = new SpillingSorter(nothing, spill);
    add(sorter, "", "");
    add(sorter, "a", "");
    add(sorter, "", "b");
    try (SortedGroups groups = sorter.finish()) {
      assertThat(read(groups), is(Map.of("", List.of("", "b"), "a", List.of(""))));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 30})
  void valuesCanBeIteratedAgainAndSideBySide(long memory) {
    SpillingSorter sorter = new SpillingSorter(new MemoryBudget(memory), spill, TINY);
    for (int i = 0; i < 100_000; i++) {
      add(sorter, "key", "value " + i);
    }
    try (SortedGroups groups = sorter.finish()) {
      assertThat(groups.nextKey(), is(true));
      Iterator<ByteSlice> first = groups.values().iterator();
      Iterator<ByteSlice> second = groups.values().iterator();
      second.next();
      for (int i = 0; i < 99_999; i++) {
        assertThat(text(first.next()), is("value " + i));
        assertThat(text(second.next()), is("value " + (i + 1)));
      }
      assertThat(groups.nextKey(), is(false));
      assertThrows(IllegalStateException.class, first::hasNext);
    }
  }

  @Test
  void twoSortersShareTheBudget() {
    MemoryBudget budget = new MemoryBudget(8 << 20);
    SpillingSorter left = new SpillingSorter(budget, spill);
    SpillingSorter right = new SpillingSorter(budget, spill);
    for (int i = 0; i < 400_000; i++) {
      add(left, "left key with a certain length " + i, "v");
      add(right, "right key with a certain length " + i, "v");
      assertThat(budget.used() <= budget.total(), is(true));
    }
    try (SortedGroups l = left.finish();
        SortedGroups r = right.finish()) {
      assertThat(count(l), is(400_000));
      assertThat(count(r), is(400_000));
    }
    assertThat(budget.used(), is(0L));
  }

  @Test
  void closingHalfwayReleasesEverything() throws IOException {
    MemoryBudget budget = new MemoryBudget(5 << 20);
    SpillingSorter sorter = new SpillingSorter(budget, spill);
    for (int i = 0; i < 300_000; i++) {
      add(sorter, "some key with a certain length " + i, "some value");
    }
    sorter.close();
    assertThat(budget.used(), is(0L));
    assertThrows(IllegalStateException.class, sorter::finish);
  }

  private static int count(SortedGroups groups) {
    int count = 0;
    while (groups.nextKey()) {
      count++;
    }
    return count;
  }

  private static Map<String, List<String>> read(SortedGroups groups) {
    Map<String, List<String>> read = new HashMap<>();
    while (groups.nextKey()) {
      String key =
          new String(
              groups.keyBytes(), groups.keyStart(), groups.keyEnd() - groups.keyStart(), UTF_8);
      List<String> values = new ArrayList<>();
      groups.values().forEach(value -> values.add(text(value)));
      assertThat("each key once", read.put(key, values) == null, is(true));
    }
    return read;
  }

  private static void add(SpillingSorter sorter, String key, String value) {
    byte[] k = ("<" + key + ">").getBytes(UTF_8);
    byte[] v = ("<" + value + ">").getBytes(UTF_8);
    sorter.add(k, 1, k.length - 1, v, 1, v.length - 1);
  }

  private static String text(ByteSlice slice) {
    return new String(slice.bytes(), slice.start(), slice.length(), UTF_8);
  }
}
