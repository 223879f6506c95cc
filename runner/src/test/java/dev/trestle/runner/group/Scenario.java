package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.ByteSink;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** A random way of windowing and random input for it; the same for the same seed. */
final class Scenario {

  static final TransformName NAME = new TransformName("id", "step");

  final Random random;
  final WindowFn<?, ?> windowFn;
  final boolean objects;
  final boolean lifted;
  private int nextValue;

  Scenario(long seed, WindowFn<?, ?>... choices) {
    random = new Random(seed);
    windowFn = choices.length > 0 ? pick(choices) : pick(windowFns());
    objects = random.nextBoolean();
    lifted = random.nextBoolean();
  }

  private static WindowFn<?, ?>[] windowFns() {
    return new WindowFn<?, ?>[] {
      FixedWindows.of(Duration.millis(10)),
      FixedWindows.of(Duration.millis(25)),
      SlidingWindows.of(Duration.millis(10)).every(Duration.millis(5)),
      SlidingWindows.of(Duration.millis(30)).every(Duration.millis(5)),
      new GlobalWindows()
    };
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  @SuppressWarnings("unchecked")
  WindowingStrategy<?, BoundedWindow> strategy(Trigger trigger, TimestampCombiner... combiners) {
    return (WindowingStrategy<?, BoundedWindow>)
        (WindowingStrategy<?, ?>)
            WindowingStrategy.of(windowFn)
                .withTrigger(trigger)
                .withMode(
                    pick(
                        AccumulationMode.DISCARDING_FIRED_PANES,
                        AccumulationMode.ACCUMULATING_FIRED_PANES))
                .withAllowedLateness(Duration.millis(pick(0, 0, 3, 10, 40)))
                .withClosingBehavior(
                    pick(ClosingBehavior.FIRE_ALWAYS, ClosingBehavior.FIRE_IF_NON_EMPTY))
                .withOnTimeBehavior(
                    pick(OnTimeBehavior.FIRE_ALWAYS, OnTimeBehavior.FIRE_IF_NON_EMPTY))
                .withTimestampCombiner(pick(combiners));
  }

  /** Keys and values as objects, or both as bytes. */
  Coder<?> keyCoder() {
    return objects ? VarLongCoder.of() : KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of());
  }

  /** Of the elements of a GroupByKey. */
  Coder<?> valueCoder() {
    return objects ? StringUtf8Coder.of() : ListCoder.of(StringUtf8Coder.of());
  }

  Object key(int number) {
    return objects
        ? (Object) Long.valueOf(number * 1_000_003L)
        : org.apache.beam.sdk.values.KV.of(number, "k");
  }

  Object nextListValue() {
    return objects ? (Object) nextString() : new ArrayList<>(List.of(nextString(), "x"));
  }

  String nextString() {
    return "v" + nextValue++;
  }

  static Collection collection(
      Coder<?> keyCoder, Coder<?> valueCoder, WindowingStrategy<?, ?> strategy) {
    return new Collection("c", KvCoder.of(keyCoder, valueCoder), strategy, true);
  }

  static EdgeFormat format(Collection collection) {
    return EdgeFormat.of(new Edge(0, Edge.Kind.KEYED, 0, 1, collection));
  }

  static Step.GroupByKey groupByKey(Collection input) {
    return new Step.GroupByKey(NAME, input);
  }

  static Step.CombinePerKey combine(Collection input, boolean lifted) {
    return new Step.CombinePerKey(NAME, input, new HostileListFn(), HostileListFn.CODER, lifted);
  }

  /** Adds an element to a batch as an edge writer does. */
  static void add(Batch batch, Object key, Object value, long timestamp, Object windows) {
    ByteKey encoded = new ByteKey();
    int hash = key.hashCode();
    if (!batch.format().keyByObject()) {
      ByteSink sink = new ByteSink();
      Combiner.encode(batch.format().keyCoder(), key, sink);
      encoded = new ByteKey(sink.array(), 0, sink.size());
      hash = encoded.hashCode();
    }
    batch.addKeyed(
        key,
        encoded,
        hash,
        value,
        Instant.ofEpochMilli(timestamp),
        windows,
        PaneInfo.NO_FIRING,
        null);
  }

  /** Windows in one of the forms in which they may come. */
  Object windows(long timestamp) {
    Instant time = Instant.ofEpochMilli(timestamp);
    if (windowFn instanceof FixedWindows fixed) {
      return fixed.assignWindow(time);
    }
    if (windowFn instanceof SlidingWindows sliding) {
      List<BoundedWindow> all = new ArrayList<>(sliding.assignWindows(time));
      if (random.nextInt(4) == 0) {
        return all.get(random.nextInt(all.size()));
      }
      return random.nextInt(8) == 0 ? Collections.unmodifiableCollection(all) : all;
    }
    if (windowFn instanceof Sessions sessions) {
      return new IntervalWindow(time, sessions.getGapDuration());
    }
    return windowFn instanceof UnevenSessions ? UnevenSessions.window(time) : GlobalWindow.INSTANCE;
  }

  static boolean advance(InputOperator operator, long watermark, int elements) {
    Slice slice = new Slice();
    slice.restart(elements, System.nanoTime() + 1_000_000_000L);
    return operator.advanceWatermark(watermark, slice);
  }

  static List<FakeTask.Pane> sorted(List<FakeTask.Pane> panes) {
    List<FakeTask.Pane> sorted = new ArrayList<>(panes);
    sorted.sort(Comparator.comparing(FakeTask.Pane::toString));
    return sorted;
  }
}
