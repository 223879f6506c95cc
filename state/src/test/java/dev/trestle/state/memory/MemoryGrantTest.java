package dev.trestle.state.memory;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import org.junit.jupiter.api.Test;

class MemoryGrantTest {

  private static final long MB = 1 << 20;

  private final MemoryBudget budget = new MemoryBudget(10 * MB);

  @Test
  void minimumNeedNotBeAskedFor() {
    MemoryGrant grant = new MemoryGrant(new MemoryBudget(0), 10 * MB);
    assertThat(grant.covers(MB), is(true));
    assertThat(grant.covers(MB + 1), is(false));
  }

  @Test
  void growsAsFarAsTheBudgetGoes() {
    MemoryGrant grant = new MemoryGrant(budget, 100 * MB);
    assertThat(grant.covers(5 * MB), is(true));
    assertThat(budget.used(), is(4 * MB));
    assertThat(grant.covers(11 * MB), is(true));
    assertThat(grant.covers(11 * MB + 1), is(false));
  }

  @Test
  void doesNotGrowBeyondItsOwnLimit() {
    MemoryGrant grant = new MemoryGrant(budget, 2 * MB + 5);
    assertThat(grant.covers(2 * MB + 5), is(true));
    assertThat(budget.used(), is(MB + 5));
    assertThat(grant.covers(2 * MB + 6), is(false));
    assertThat(new MemoryGrant(budget, 100).covers(101), is(false));
    assertThat(new MemoryGrant(budget, 0).covers(0), is(true));
  }

  @Test
  void givesBackWhatIsNotNeeded() {
    MemoryGrant grant = new MemoryGrant(budget, 100 * MB);
    grant.covers(11 * MB);
    grant.shrinkTo(5 * MB);
    assertThat(budget.used(), is(greaterThanOrEqualTo(4 * MB)));
    assertThat(budget.used(), is(lessThanOrEqualTo(6 * MB)));
    grant.close();
    assertThat(budget.used(), is(0L));
    grant.close();
    assertThat(budget.used(), is(0L));
  }
}
