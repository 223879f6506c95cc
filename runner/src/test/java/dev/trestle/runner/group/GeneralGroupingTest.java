package dev.trestle.runner.group;

import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.keyed.KeyedContext;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.translation.graph.Collection;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
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
    for (long seed = 0; seed < CASES; seed++) {
      combine(
          seed,
          (format, input, combiner, reduceFn, task) ->
              new GeneralGroupingOperator(
                  format,
                  context -> new InMemoryKeys(task, format.keyCoder()),
                  input,
                  reduceFn,
                  combiner,
                  task));
    }
  }

  @Test
  void trestlesStateIsLikeBeams() throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      combine(
          seed,
          (format, input, combiner, reduceFn, task) ->
              new GeneralGroupingOperator(
                  format,
                  context ->
                      KeyedContext.create(
                          context, format.keyCoder(), format.keyByObject(), windowCoder(input)),
                  input,
                  reduceFn,
                  combiner,
                  task));
    }
  }

  @SuppressWarnings("unchecked")
  private static Coder<BoundedWindow> windowCoder(WindowingStrategy<?, BoundedWindow> strategy) {
    return (Coder<BoundedWindow>) strategy.getWindowFn().windowCoder();
  }

  private interface Factory {
    InputOperator create(
        EdgeFormat format,
        WindowingStrategy<?, BoundedWindow> strategy,
        Combiner combiner,
        SystemReduceFn<Object, Object, ?, ?, BoundedWindow> reduceFn,
        FakeTask task);
  }

  @SuppressWarnings("unchecked")
  private static void combine(long seed, Factory factory) throws Exception {
    Scenario scenario = new Scenario(seed, windowFns());
    WindowingStrategy<?, BoundedWindow> strategy =
        scenario.strategy(trigger(scenario), TimestampCombiner.values());
    Coder<?> valueCoder = scenario.lifted ? HostileListFn.CODER : StringUtf8Coder.of();
    Collection collection = Scenario.collection(scenario.keyCoder(), valueCoder, strategy);
    Coder<Object> accumulatorCoder = (Coder<Object>) (Coder<?>) HostileListFn.CODER;
    DifferentialRun run =
        new DifferentialRun(
            scenario,
            strategy,
            collection,
            ReduceFns.combining(
                new Combiner(new HostileListFn()), accumulatorCoder, scenario.lifted),
            () ->
                scenario.lifted
                    ? new ArrayList<>(List.of(scenario.nextString()))
                    : scenario.nextString(),
            true,
            (task, format) -> {
              Combiner own = new Combiner(new HostileListFn());
              return factory.create(
                  format,
                  strategy,
                  own,
                  ReduceFns.combining(own, accumulatorCoder, scenario.lifted),
                  task);
            });
    run.run(seed, 30);
  }
}
