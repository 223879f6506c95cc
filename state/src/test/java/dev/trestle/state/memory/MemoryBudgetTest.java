package dev.trestle.state.memory;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  @Test
  void grantsAllOrNothing() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.tryReserve(70), is(true));
    assertThat(budget.tryReserve(31), is(false));
    assertThat(budget.tryReserve(30), is(true));
    budget.release(70);
    assertThat(budget.used(), is(30L));
  }

  @Test
  void refusesWhatWouldOverflow() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThat(budget.tryReserve(50), is(true));
    assertThat(budget.tryReserve(Long.MAX_VALUE), is(false));
  }

  @Test
  void noticesWhenTooMuchComesBack() {
    MemoryBudget budget = new MemoryBudget(100);
    assertThrows(IllegalStateException.class, () -> budget.release(1));
  }

  @Test
  void neverGrantsMoreThanThereIsToManyThreads() throws Exception {
    MemoryBudget budget = new MemoryBudget(10);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 10_000; n++) {
                  if (budget.tryReserve(7)) {
                    budget.release(7);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(budget.used(), is(0L));
  }
}
