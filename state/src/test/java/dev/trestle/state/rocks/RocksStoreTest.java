package dev.trestle.state.rocks;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.KeyGroupRange;
import dev.trestle.state.checkpoint.SnapshotFile;
import dev.trestle.state.memory.MemoryBudget;
import dev.trestle.state.table.KeyedStateBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {

  private static final KeyGroupRange ALL = KeyGroupRange.all(128);
  private static final long SMALL = 20_000;

  @TempDir Path directory;
  private RocksFixture fixture;

  @BeforeEach
  void open() {
    fixture = new RocksFixture(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
    assertThat(fixture.budget.used(), is(0L));
  }

  private RocksSnapshot checkpoint(RocksStore store, KeyGroupRange range, String name) {
    return new RocksSnapshot(RocksFixture.scope(range), store.checkpoint(fixture.path(name)));
  }

  @Test
  void agreesWithMemoryOverCheckpointsAndReopenings() {
    for (long seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      TwinState twins = new TwinState(random);
      RocksStore store = fixture.store(ALL, SMALL);
      KeyedStateBackend first = RocksFixture.backend(store, 1);
      for (int round = 0; round < 8; round++) {
        twins.mutate(first, ALL, 4_000);
        RocksSnapshot snapshot = checkpoint(store, ALL, "c" + seed + "-" + round);
        if (random.nextBoolean()) {
          TwinState later = new TwinState(new Random(99));
          later.mutate(first, ALL, 500); // given up with the store
          store.close();
          store = fixture.store(ALL, SMALL, snapshot);
          first = RocksFixture.backend(store, 1);
        }
        twins.compare(first, ALL);
      }
      store.close();
    }
  }

  @Test
  void operatorsOfOneStoreAreApart() {
    RocksStore store = fixture.store(ALL, SMALL);
    TwinState one = new TwinState(new Random(1));
    TwinState two = new TwinState(new Random(2));
    KeyedStateBackend first = RocksFixture.backend(store, 1);
    KeyedStateBackend second = RocksFixture.backend(store, 2);
    for (int round = 0; round < 5; round++) {
      one.mutate(first, ALL, 1_000);
      two.mutate(second, ALL, 1_000);
    }
    one.compare(first, ALL);
    two.compare(second, ALL);
  }

  @Test
  void operatorsMoveToOtherStores() {
    RocksStore store = fixture.store(ALL, SMALL);
    TwinState one = new TwinState(new Random(1));
    TwinState two = new TwinState(new Random(2));
    one.mutate(RocksFixture.backend(store, 1), ALL, 1_000);
    two.mutate(RocksFixture.backend(store, 2), ALL, 1_000);
    RocksSnapshot both = checkpoint(store, ALL, "both");
    RowScope onlySecond = new RowScope(ALL, Set.of(2));
    RocksStore restored =
        RocksStore.restore(
            () -> fixture.shared,
            fixture.path("second"),
            onlySecond,
            fixture.budget,
            SMALL,
            List.of(both));
    two.compare(RocksFixture.backend(restored, 2), ALL);
    new TwinState(new Random(3)).compare(RocksFixture.backend(restored, 1), ALL);
    restored.close();
  }

  @Test
  void keyGroupsMoveToOtherParallelisms() {
    TwinState twins = new TwinState(new Random(5));
    List<KeyGroupRange> halves = List.of(KeyGroupRange.of(0, 2, 128), KeyGroupRange.of(1, 2, 128));
    RocksSnapshot[] snapshots = new RocksSnapshot[2];
    for (int i = 0; i < 2; i++) {
      RocksStore store = fixture.store(halves.get(i), SMALL);
      twins.mutate(RocksFixture.backend(store, 1), halves.get(i), 8_000);
      snapshots[i] = checkpoint(store, halves.get(i), "half" + i);
    }
    for (int i = 0; i < 3; i++) {
      KeyGroupRange third = KeyGroupRange.of(i, 3, 128);
      RocksStore store = fixture.store(third, SMALL, snapshots);
      twins.compare(RocksFixture.backend(store, 1), third);
    }
    RocksStore whole = fixture.store(ALL, SMALL, snapshots);
    KeyedStateBackend all = RocksFixture.backend(whole, 1);
    twins.compare(all, ALL);
    twins.mutate(all, ALL, 2_000);
    RocksSnapshot snapshot = checkpoint(whole, ALL, "whole");
    for (int i = 0; i < 5; i++) {
      KeyGroupRange fifth = KeyGroupRange.of(i, 5, 128);
      twins.compare(RocksFixture.backend(fixture.store(fifth, SMALL, snapshot), 1), fifth);
    }
  }

  @Test
  void checkpointsShareWhatHasNotChanged() throws Exception {
    RocksStore store = fixture.store(ALL, 1 << 20);
    TwinState twins = new TwinState(new Random(6));
    KeyedStateBackend backend = RocksFixture.backend(store, 1);
    twins.mutate(backend, ALL, 40_000);
    store.settle();
    List<SnapshotFile> full = store.checkpoint(fixture.path("full"));
    twins.mutate(backend, ALL, 200);
    List<SnapshotFile> next = store.checkpoint(fixture.path("next"));
    Set<String> known = new HashSet<>();
    full.stream().filter(SnapshotFile::shared).forEach(file -> known.add(file.name()));
    long added = bytes(next.stream().filter(file -> !known.contains(file.name())).toList());
    assertThat(added, is(lessThan(bytes(full) / 5)));
  }

  private static long bytes(List<SnapshotFile> files) throws Exception {
    long bytes = 0;
    for (SnapshotFile file : files) {
      bytes += Files.size(file.path());
    }
    return bytes;
  }

  @Test
  void filesOfAStoreThatWasGivenUpHaveOtherNames() {
    RocksStore store = fixture.store(ALL, SMALL);
    new TwinState(new Random(7)).mutate(RocksFixture.backend(store, 1), ALL, 1_000);
    RocksSnapshot first = checkpoint(store, ALL, "first");
    Set<String> common = names(first);
    new TwinState(new Random(8)).mutate(RocksFixture.backend(store, 1), ALL, 1_000);
    Set<String> abandoned = names(checkpoint(store, ALL, "abandoned"));
    RocksStore reopened = fixture.store(ALL, SMALL, first);
    new TwinState(new Random(9)).mutate(RocksFixture.backend(reopened, 1), ALL, 1_000);
    Set<String> next = names(checkpoint(reopened, ALL, "next"));
    assertThat(next.containsAll(common), is(true));
    next.removeAll(common);
    next.retainAll(abandoned);
    assertThat(next, is(Set.of()));
  }

  private static Set<String> names(RocksSnapshot snapshot) {
    Set<String> names = new HashSet<>();
    snapshot.files().stream().filter(SnapshotFile::shared).forEach(file -> names.add(file.name()));
    return names;
  }

  @Test
  void failedCheckpointLeavesTheStateAsItWas() {
    RocksStore store = fixture.store(ALL, SMALL);
    TwinState twins = new TwinState(new Random(10));
    KeyedStateBackend backend = RocksFixture.backend(store, 1);
    twins.mutate(backend, ALL, 1_000);
    Path nowhere = fixture.path("missing").resolve("parent");
    RocksStateException e =
        assertThrows(RocksStateException.class, () -> store.checkpoint(nowhere));
    assertThat(e.getMessage(), containsString(nowhere.toString()));
    twins.compare(backend, ALL);
    checkpoint(store, ALL, "good");
  }

  @Test
  void closesTwiceAndRefusesUseAfterwards() {
    RocksStore store = fixture.store(ALL, SMALL);
    KeyedStateBackend backend = RocksFixture.backend(store, 1);
    store.close();
    store.close();
    assertThat(Files.exists(fixture.path("store0")), is(false));
    assertThrows(
        IllegalStateException.class, () -> new TwinState(new Random(11)).mutate(backend, ALL, 1));
  }

  @Test
  void manyStoresOpenAndCloseWithoutGrowing() throws Exception {
    long before = 0;
    for (int i = 0; i < 1_000; i++) {
      Path path = fixture.path("short-lived");
      try (RocksStore store =
          RocksStore.create(
              () -> fixture.shared, path, RocksFixture.scope(ALL), new MemoryBudget(0), SMALL)) {
        KeyedStateBackend backend = RocksFixture.backend(store, 1);
        new TwinState(new Random(i)).mutate(backend, ALL, 5);
        store.flush();
      }
      if (i == 300) {
        before = residentKilobytes();
      }
    }
    assertThat(residentKilobytes() - before, is(lessThan(64_000L)));
  }

  /** Where there is no such file, nothing is measured. */
  private static long residentKilobytes() throws Exception {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
