package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;

import java.nio.file.Path;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator of merging windows must do what {@code ReduceFnRunner} does. */
class MergingGroupingTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 200);

  static final WindowFn<?, ?>[] MERGING = {
    Sessions.withGapDuration(Duration.millis(4)),
    Sessions.withGapDuration(Duration.millis(12)),
    new UnevenSessions()
  };

  @TempDir Path directory;

  private static WindowingStrategy<?, BoundedWindow> strategy(Scenario scenario) {
    return scenario.strategy(
        scenario.pick(DefaultTrigger.of(), Repeatedly.forever(AfterWatermark.pastEndOfWindow())),
        TimestampCombiner.END_OF_WINDOW);
  }

  @Test
  void groupsLikeReduceFnRunner() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Scenario scenario = new Scenario(seed, MERGING);
      panes +=
          DifferentialRun.groupByKey(
                  scenario, strategy(scenario), GroupingOperators.Kind.MERGING, false)
              .run(seed, 40);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }

  @Test
  void combinesLikeReduceFnRunner() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Scenario scenario = new Scenario(seed, MERGING);
      panes += DifferentialRun.combine(scenario, strategy(scenario), false).run(seed, 40);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }

  @Test
  void groupsAndCombinesLikeReduceFnRunnerWithoutMemory() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES / 2; seed++) {
      Scenario grouped = new Scenario(seed, MERGING);
      Scenario combined = new Scenario(seed, MERGING);
      panes +=
          DifferentialRun.groupByKey(
                  grouped, strategy(grouped), GroupingOperators.Kind.MERGING, false)
              .spilling(directory)
              .run(seed, 40);
      panes +=
          DifferentialRun.combine(combined, strategy(combined), false)
              .spilling(directory)
              .run(seed, 40);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }
}
