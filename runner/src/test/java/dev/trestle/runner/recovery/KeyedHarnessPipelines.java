package dev.trestle.runner.recovery;

import static dev.trestle.runner.recovery.GroupingPipelines.fixed;
import static dev.trestle.runner.recovery.GroupingPipelines.keyed;
import static dev.trestle.runner.recovery.GroupingPipelines.numbers;

import dev.trestle.runner.harness.HarnessCalls;
import dev.trestle.runner.harness.HarnessFn;
import dev.trestle.runner.harness.InHarness;
import dev.trestle.runner.recovery.Writing.Results;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Transforms with state and timers that workers run. */
final class KeyedHarnessPipelines {

  private KeyedHarnessPipelines() {}

  static List<RecoveryPipeline> all() {
    return List.of(
        RecoveryPipeline.of("harness-with-state", KeyedHarnessPipelines::withState),
        RecoveryPipeline.of("harness-with-timers", KeyedHarnessPipelines::withTimers),
        RecoveryPipeline.of("harness-in-processing-time", KeyedHarnessPipelines::inProcessingTime),
        RecoveryPipeline.of("harness-of-expiring-windows", KeyedHarnessPipelines::ofExpiring));
  }

  private static void byKey(
      Pipeline pipeline,
      World world,
      HarnessFn.Keyed fn,
      List<String> cells,
      Map<String, TimeDomain> timers) {
    numbers(pipeline)
        .apply(fixed(50))
        .apply(keyed(6))
        .apply(ParDo.of(new InHarness.Keyed<Long, Long, KV<String, Long>>(fn, cells, timers)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))
        .apply(new Results<>(world));
  }

  private static long number(WindowedValue<Object> element) {
    return (Long) ((KV<?, ?>) element.getValue()).getValue();
  }

  private static void tell(
      HarnessCalls calls, Timer<Object> timer, BoundedWindow window, String what, long value) {
    calls.output(
        0,
        WindowedValues.of(
            KV.of(timer.getUserKey() + " " + what, value),
            timer.getHoldTimestamp(),
            window,
            PaneInfo.NO_FIRING));
  }

  private static long sumOf(List<Long> values) {
    return values.stream().mapToLong(n -> n).sum();
  }

  private static void withState(Pipeline pipeline, World world) {
    byKey(
        pipeline,
        world,
        new State(),
        List.of("bag", "map", "sorted"),
        Map.of("end", TimeDomain.EVENT_TIME));
  }

  /** Keeps what comes in state of all kinds, and tells of it at the end of the window. */
  private static final class State implements HarnessFn.Keyed {

    @Override
    public void process(WindowedValue<Object> element, HarnessCalls calls) {
      long number = number(element);
      calls.addToBag("bag", number);
      if (number % 7 == 0) {
        List<Long> all = calls.bag("bag");
        calls.clearBag("bag");
        calls.addToBag("bag", sumOf(all));
      }
      calls.addToMap("map", number % 4, number);
      calls.addToMap("map", 10, number);
      calls.removeFromMap("map", 10);
      calls.addSorted("sorted", -number, number);
      calls.addSorted("sorted", 1_000_000 + number, number);
      calls.removeSorted("sorted", 1_000_000 + number, 1_000_001 + number);
      BoundedWindow window = element.getWindows().iterator().next();
      calls.setTimer("end", "", window.maxTimestamp(), window.maxTimestamp());
    }

    @Override
    public void onTimer(
        String family, Timer<Object> timer, BoundedWindow window, HarnessCalls calls) {
      tell(calls, timer, window, "bag", sumOf(calls.bag("bag")));
      for (Long digit : calls.mapKeys("map")) {
        tell(calls, timer, window, "map " + digit, sumOf(calls.map("map", digit)));
      }
      calls.clearMap("map");
      tell(calls, timer, window, "keys", calls.mapKeys("map").size());
      tell(
          calls,
          timer,
          window,
          "sorted",
          calls.sorted("sorted", Long.MIN_VALUE, Long.MAX_VALUE).hashCode());
    }
  }

  private static void withTimers(Pipeline pipeline, World world) {
    byKey(
        pipeline,
        world,
        new Timers(),
        List.of("fired"),
        Map.of("first", TimeDomain.EVENT_TIME, "second", TimeDomain.EVENT_TIME));
  }

  /** Timers that set timers, and clear some: each has to find those that had to fire before. */
  private static final class Timers implements HarnessFn.Keyed {

    @Override
    public void process(WindowedValue<Object> element, HarnessCalls calls) {
      Instant time = element.getTimestamp().plus(Duration.millis(3));
      String tag = "" + number(element);
      calls.setTimer("first", tag, end(element, time), element.getTimestamp());
      calls.setTimer("second", "never", end(element, time), element.getTimestamp());
      calls.clearTimer("second", "never");
    }

    private static Instant end(WindowedValue<Object> element, Instant time) {
      Instant end = element.getWindows().iterator().next().maxTimestamp();
      return time.isAfter(end) ? end : time;
    }

    @Override
    public void onTimer(
        String family, Timer<Object> timer, BoundedWindow window, HarnessCalls calls) {
      if (timer.getDynamicTimerTag().equals("never")) {
        throw new AssertionError("It was cleared");
      }
      long time = timer.getFireTimestamp().getMillis();
      for (Long before : calls.bag("fired")) {
        if (before > time) {
          throw new AssertionError("Fired at " + time + " after " + before);
        }
      }
      calls.addToBag("fired", time);
      String what = family + " " + timer.getDynamicTimerTag() + " " + time;
      tell(calls, timer, window, what, 1);
      if (family.equals("first") && !timer.getFireTimestamp().isAfter(window.maxTimestamp())) {
        calls.setTimer(
            "second",
            timer.getDynamicTimerTag(),
            timer.getFireTimestamp(),
            timer.getHoldTimestamp());
      }
    }
  }

  private static void inProcessingTime(Pipeline pipeline, World world) {
    byKey(
        pipeline,
        world,
        new Later(),
        List.of("waiting"),
        Map.of("later", TimeDomain.PROCESSING_TIME, "end", TimeDomain.EVENT_TIME));
  }

  /** Puts out at some later time what has come, at the latest at the end of the window. */
  private static final class Later implements HarnessFn.Keyed {

    @Override
    public void process(WindowedValue<Object> element, HarnessCalls calls) {
      calls.addToBag("waiting", number(element));
      BoundedWindow window = element.getWindows().iterator().next();
      calls.setTimer("later", "", Instant.ofEpochMilli(5), window.maxTimestamp());
      calls.setTimer("end", "", window.maxTimestamp(), window.maxTimestamp());
    }

    @Override
    public void onTimer(
        String family, Timer<Object> timer, BoundedWindow window, HarnessCalls calls) {
      for (Long number : calls.bag("waiting")) {
        tell(calls, timer, window, "number " + number, number);
      }
      calls.clearBag("waiting");
    }
  }

  private static void ofExpiring(Pipeline pipeline, World world) {
    byKey(
        pipeline,
        world,
        new Expiring(),
        List.of("all"),
        Map.of("expiration", TimeDomain.EVENT_TIME));
  }

  /** Tells of a window when it expires. */
  private static final class Expiring implements HarnessFn.Keyed {

    @Override
    public void process(WindowedValue<Object> element, HarnessCalls calls) {
      calls.addToBag("all", number(element));
    }

    @Override
    public void onTimer(
        String family, Timer<Object> timer, BoundedWindow window, HarnessCalls calls) {
      tell(calls, timer, window, "all", sumOf(calls.bag("all")));
    }
  }
}
