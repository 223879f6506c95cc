package dev.trestle.runner.recovery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dev.trestle.runner.engine.Tally;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the order of turns, and wherever processes die: results are those of a run that nothing
 * disturbs. {@code benchmarks/run.sh simulate} runs many more schedules.
 */
final class RecoveryTest {

  private static final int SEEDS = Integer.getInteger("trestle.seeds", 6);

  @TempDir Path directory;

  static List<String> pipelines() {
    return Rehearsal.names();
  }

  @ParameterizedTest
  @MethodSource("pipelines")
  void survives(String pipeline) throws Exception {
    Rehearsal rehearsal = Rehearsal.of(pipeline, directory);
    assertThat(rehearsal.expected(), is(not(Map.of())));
    Tally tally = new Tally();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Tally once = rehearsal.run(seed);
      assertThat("crashes with seed " + seed, once.crashes(), greaterThan(0));
      tally.add(once);
    }
    assertThat(tally.checkpoints(), greaterThanOrEqualTo(SEEDS));
  }
}
