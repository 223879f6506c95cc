package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;

import java.nio.file.Path;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator of windows must do what {@code ReduceFnRunner} does. */
class WindowedGroupingTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 200);

  @TempDir Path directory;

  @Test
  void groupsLikeReduceFnRunner() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Scenario scenario = new Scenario(seed);
      panes +=
          DifferentialRun.groupByKey(
                  scenario, strategy(scenario), GroupingOperators.Kind.WINDOWED, true)
              .run(seed, 40);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }

  @Test
  void combinesLikeReduceFnRunner() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Scenario scenario = new Scenario(seed);
      panes += DifferentialRun.combine(scenario, strategy(scenario), true).run(seed, 40);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }

  @Test
  void groupsAndCombinesLikeReduceFnRunnerWithoutMemory() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES / 2; seed++) {
      Scenario grouped = new Scenario(seed);
      Scenario combined = new Scenario(seed);
      panes +=
          DifferentialRun.groupByKey(
                  grouped, strategy(grouped), GroupingOperators.Kind.WINDOWED, true)
              .spilling(directory)
              .run(seed, 40);
      panes +=
          DifferentialRun.combine(combined, strategy(combined), true)
              .spilling(directory)
              .run(seed, 40);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }

  private static WindowingStrategy<?, BoundedWindow> strategy(Scenario scenario) {
    WindowingStrategy<?, BoundedWindow> strategy =
        scenario.strategy(
            DefaultTrigger.of(), TimestampCombiner.END_OF_WINDOW, TimestampCombiner.EARLIEST);
    Trigger trigger =
        strategy.getAllowedLateness().getMillis() == 0
            ? scenario.pick(
                DefaultTrigger.of(), AfterWatermark.pastEndOfWindow(), Never.ever(), repeated())
            : scenario.pick(DefaultTrigger.of(), repeated());
    return strategy.withTrigger(trigger);
  }

  private static Trigger repeated() {
    return Repeatedly.forever(AfterWatermark.pastEndOfWindow());
  }
}
