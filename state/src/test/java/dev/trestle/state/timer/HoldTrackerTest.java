package dev.trestle.state.timer;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HoldTrackerTest {

  @Test
  void nothingHoldsAtFirst() {
    assertThat(new HoldTracker().least(), is(Long.MAX_VALUE));
  }

  @Test
  void countsEqualTimes() {
    HoldTracker holds = new HoldTracker();
    holds.add(5);
    holds.add(5);
    holds.add(7);
    holds.remove(5);
    assertThat(holds.least(), is(5L));
    holds.remove(7);
    holds.remove(5);
    assertThat(holds.least(), is(Long.MAX_VALUE));
    assertThat(holds.size(), is(0));
  }

  @Test
  void agreesWithASortedMap() {
    HoldTracker holds = new HoldTracker();
    TreeMap<Long, Integer> model = new TreeMap<>();
    List<Long> all = new ArrayList<>();
    Random random = new Random(2);
    for (int i = 0; i < 100_000; i++) {
      if (all.isEmpty() || random.nextInt(100) < (i / 20_000 % 2 == 0 ? 60 : 40)) {
        long time = random.nextInt(1000) - 500;
        holds.add(time);
        all.add(time);
        model.merge(time, 1, Integer::sum);
      } else {
        int at = random.nextInt(all.size());
        long time = all.get(at);
        all.set(at, all.get(all.size() - 1));
        all.remove(all.size() - 1);
        holds.remove(time);
        model.computeIfPresent(time, (t, n) -> n == 1 ? null : n - 1);
      }
      assertThat(holds.least(), is(model.isEmpty() ? Long.MAX_VALUE : model.firstKey()));
      assertThat(holds.size(), is(all.size()));
    }
  }

  @Test
  void oldHoldDoesNotMakeItGrow() {
    HoldTracker holds = new HoldTracker();
    holds.add(0);
    for (long time = 1; time < 3_000_000; time++) {
      holds.add(time);
      holds.remove(time);
    }
    assertThat(holds.size(), is(1));
    assertThat(holds.capacity() < 10_000, is(true));
  }
}
