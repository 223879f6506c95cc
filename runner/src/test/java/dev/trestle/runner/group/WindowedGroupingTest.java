package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dev.trestle.translation.graph.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;

/** The operator of windows must do what {@code ReduceFnRunner} does. */
class WindowedGroupingTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 200);

  @Test
  void groupsLikeReduceFnRunner() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES; seed++) {
      panes += groupByKey(seed);
    }
    assertThat(panes, greaterThan(10 * CASES));
  }

  @Test
  void combinesLikeReduceFnRunner() throws Exception {
    int panes = 0;
    for (long seed = 0; seed < CASES; seed++) {
      panes += combine(seed);
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

  private static int groupByKey(long seed) throws Exception {
    Scenario scenario = new Scenario(seed);
    WindowingStrategy<?, BoundedWindow> strategy = strategy(scenario);
    Collection collection =
        Scenario.collection(scenario.keyCoder(), scenario.valueCoder(), strategy);
    assertThat(GroupingOperators.kind(collection, false), is(GroupingOperators.Kind.WINDOWED));
    DifferentialRun run =
        new DifferentialRun(
            scenario,
            strategy,
            collection,
            ReduceFns.buffering(Scenario.format(collection).valueCoder()),
            scenario::nextListValue,
            true,
            (task, format) ->
                GroupingOperators.create(Scenario.groupByKey(collection), format, false, task));
    run(seed, run);
    return run.panes;
  }

  @SuppressWarnings("unchecked")
  private static int combine(long seed) throws Exception {
    Scenario scenario = new Scenario(seed);
    WindowingStrategy<?, BoundedWindow> strategy = strategy(scenario);
    Coder<?> valueCoder = scenario.lifted ? HostileListFn.CODER : StringUtf8Coder.of();
    Collection collection = Scenario.collection(scenario.keyCoder(), valueCoder, strategy);
    Combiner combiner = new Combiner(new HostileListFn());
    DifferentialRun run =
        new DifferentialRun(
            scenario,
            strategy,
            collection,
            ReduceFns.combining(
                combiner, (Coder<Object>) (Coder<?>) HostileListFn.CODER, scenario.lifted),
            () ->
                scenario.lifted
                    ? new java.util.ArrayList<>(java.util.List.of(scenario.nextString()))
                    : scenario.nextString(),
            true,
            (task, format) ->
                GroupingOperators.create(
                    Scenario.combine(collection, scenario.lifted), format, false, task));
    run(seed, run);
    return run.panes;
  }

  private static void run(long seed, DifferentialRun run) throws Exception {
    try {
      run.run(40);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("Seed " + seed + ": " + e.getMessage(), e);
    }
  }
}
