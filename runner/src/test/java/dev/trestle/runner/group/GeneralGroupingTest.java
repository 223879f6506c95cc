package dev.trestle.runner.group;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.keyed.KeyedContext;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Whatever the trigger, one timer at a time must come to the same as all timers of a key at once.
 */
class GeneralGroupingTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 200);

  private static WindowFn<?, ?>[] windowFns() {
    return new WindowFn<?, ?>[] {
      FixedWindows.of(Duration.millis(10)),
      SlidingWindows.of(Duration.millis(10)).every(Duration.millis(5)),
      Sessions.withGapDuration(Duration.millis(7)),
      Sessions.withGapDuration(Duration.millis(15))
    };
  }

  private static Trigger trigger(Scenario scenario) {
    return scenario.pick(
        DefaultTrigger.of(),
        AfterWatermark.pastEndOfWindow(),
        AfterWatermark.pastEndOfWindow()
            .withEarlyFirings(AfterPane.elementCountAtLeast(2))
            .withLateFirings(AfterPane.elementCountAtLeast(1)),
        AfterWatermark.pastEndOfWindow()
            .withEarlyFirings(
                AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.millis(5))),
        Repeatedly.forever(AfterPane.elementCountAtLeast(3)),
        Repeatedly.forever(
            AfterFirst.of(
                AfterPane.elementCountAtLeast(4),
                AfterProcessingTime.pastFirstElementInPane().plusDelayOf(Duration.millis(3)))));
  }

  @Test
  void oneTimerAtATimeIsLikeAllAtOnce() throws Exception {
    combine((task, format, strategy) -> new InMemoryKeys(task, format.keyCoder()));
  }

  @Test
  void trestlesStateIsLikeBeams() throws Exception {
    combine(
        (task, format, strategy) ->
            KeyedContext.create(
                task, format.keyCoder(), format.keyByObject(), windowCoder(strategy)));
  }

  private static Coder<BoundedWindow> windowCoder(WindowingStrategy<?, BoundedWindow> strategy) {
    return strategy.getWindowFn().windowCoder();
  }

  /** Makes the state of the operator under test. */
  private interface KeyedContexts {
    KeyedContext create(
        FakeTask task, EdgeFormat format, WindowingStrategy<?, BoundedWindow> strategy);
  }

  private static void combine(KeyedContexts keyed) throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      Scenario scenario = new Scenario(seed, windowFns());
      WindowingStrategy<?, BoundedWindow> strategy =
          scenario.strategy(trigger(scenario), TimestampCombiner.values());
      DifferentialRun.combine(
              scenario,
              strategy,
              true,
              (task, input, format) -> {
                Combiner own = new Combiner(new HostileListFn());
                return new GeneralGroupingOperator(
                    context -> keyed.create(task, format, strategy),
                    strategy,
                    DifferentialRun.hostileFn(scenario, own),
                    own,
                    task);
              })
          .run(seed, 30);
    }
  }
}
