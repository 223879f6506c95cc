package dev.trestle.runner.keyed;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.operator.FakeOperatorContext;
import org.apache.beam.sdk.state.TimeDomain;
import org.junit.jupiter.api.Test;

/** All timers stay in memory; a database would be an error. */
class KeyedTimersTest extends KeyedTimersContract {

  KeyedTimersTest() {
    super(new FakeOperatorContext());
  }

  @Test
  void memoryIsGivenBackInTheEnd() {
    long before = task.memory.used();
    for (int i = 0; i < 5_000; i++) {
      key("k" + i);
      keyed.timers().setTimer(in(0), "x", "", at(i), at(i), TimeDomain.EVENT_TIME);
    }
    assertThat(task.memory.used() > before, is(true));
    keyed.close();
    assertThat(task.memory.used(), is(before));
  }
}
