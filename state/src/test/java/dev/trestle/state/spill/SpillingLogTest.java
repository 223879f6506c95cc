package dev.trestle.state.spill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.state.memory.MemoryBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpillingLogTest {

  private static final int RECORDS = 300_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 20, 1 << 30})
  void givesBackWhatWasAppended(long memory) {
    MemoryBudget budget = new MemoryBudget(memory);
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpillingLog log = new SpillingLog(budget, spill)) {
      fill(log);
      assertThat(log.size(), is((long) RECORDS));
      check(log);
      check(log);
      log.clear();
      assertThat(log.iterator().hasNext(), is(false));
      assertThat(budget.used(), is(0L));
      fill(log);
      check(log);
    }
    assertThat(budget.used(), is(0L));
  }

  @Test
  void smallLogNeedsNeitherBudgetNorDisk() throws IOException {
    MemoryBudget budget = new MemoryBudget(0);
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpillingLog log = new SpillingLog(budget, spill)) {
      log.append(new byte[] {1, 2, 3}, 1, 3);
      assertThat(log.iterator().next().copy(), is(new byte[] {2, 3}));
      assertThat(SpillDirectoryTest.list(directory), is(empty()));
    }
  }

  @Test
  void recordLargerThanAnyBlockGoesThrough() {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpillingLog log = new SpillingLog(new MemoryBudget(0), spill)) {
      log.append(new byte[100], 0, 100);
      log.append(new byte[5_000_000], 0, 5_000_000);
      log.append(new byte[0], 0, 0);
      List<Integer> lengths = new ArrayList<>();
      log.forEach(slice -> lengths.add(slice.length()));
      assertThat(lengths, is(List.of(100, 5_000_000, 0)));
    }
  }

  @Test
  void manyThreadsReadASealedLog() throws Exception {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpillingLog log = new SpillingLog(new MemoryBudget(0), spill)) {
      fill(log);
      log.seal();
      assertThrows(IllegalStateException.class, () -> log.append(new byte[1], 0, 1));
      AtomicInteger fine = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Thread thread =
            new Thread(
                () -> {
                  check(log);
                  fine.incrementAndGet();
                });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(fine.get(), is(3));
    }
  }

  @Test
  void appendingEndsAnIteration() {
    try (SpillDirectory spill = SpillDirectory.open(directory);
        SpillingLog log = new SpillingLog(new MemoryBudget(0), spill)) {
      log.append(new byte[1], 0, 1);
      Iterator<ByteSlice> iterator = log.iterator();
      log.append(new byte[1], 0, 1);
      assertThrows(ConcurrentModificationException.class, iterator::next);
    }
  }

  private static void fill(SpillingLog log) {
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = ("record " + i).getBytes(UTF_8);
      log.append(record, 0, record.length);
    }
  }

  private static void check(SpillingLog log) {
    int i = 0;
    for (ByteSlice slice : log) {
      String text = new String(slice.bytes(), slice.start(), slice.length(), UTF_8);
      if (!text.equals("record " + i++)) {
        throw new AssertionError(text + " at " + (i - 1));
      }
    }
    assertThat(i, is(RECORDS));
  }
}
