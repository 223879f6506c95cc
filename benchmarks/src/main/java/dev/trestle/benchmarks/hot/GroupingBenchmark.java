package dev.trestle.benchmarks.hot;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.group.GroupingOperators;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Edge;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Bids counted per auction and window: what a bid costs the grouping operator. Some 5,000 auctions,
 * half of the bids on those that are hot at the time; the watermark moves every 1,000 bids.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class GroupingBenchmark {
  private static final int BIDS = 100_000;
  private static final int BATCH = 500;

  /** Seconds. */
  @Param({"fixed 10", "sliding 60 5", "sessions 1"})
  public String windows = "fixed 10";

  /** The operator for input without end, the one for input that ends, and the general one. */
  @Param({"unbounded", "bounded", "general"})
  public String operator = "unbounded";

  private final List<Batch> batches = new ArrayList<>();
  private final CombineFn<Object, ?, Long> count = Count.combineFn();
  private Collection input = collection(FixedWindows.of(Duration.millis(1)));
  private EdgeFormat format = format();
  private Coder<?> accumulatorCoder = VoidCoder.of();

  @Setup
  @SuppressWarnings("unchecked") // counting does not look at its input
  public void setUp() throws Exception {
    WindowFn<?, ?> windowFn = windowFn();
    input = collection(windowFn);
    format = format();
    accumulatorCoder =
        count.getAccumulatorCoder(
            CoderRegistry.createDefault(), (Coder<Object>) (Coder<?>) VoidCoder.of());
    Random random = new Random(7);
    Object last = assign(windowFn, Instant.EPOCH);
    for (int i = 0; i < BIDS; i++) {
      if (i % BATCH == 0) {
        batches.add(new Batch(format));
      }
      Instant time = Instant.ofEpochMilli(timestamp(i));
      // Elements of a sliding window's slice share the list of their windows.
      last = i % 100 == 0 || windowFn instanceof Sessions ? assign(windowFn, time) : last;
      Long auction =
          random.nextInt(2) == 0 ? i / 2000 * 100L : i / 20 + (long) (random.nextDouble() * 500);
      batches
          .get(i / BATCH)
          .addKeyed(
              auction,
              new ByteKey(),
              auction.hashCode(),
              auction,
              time,
              last,
              PaneInfo.NO_FIRING,
              null);
    }
  }

  private static long timestamp(int bid) {
    return bid;
  }

  private WindowFn<?, ?> windowFn() {
    return switch (windows) {
      case "fixed 10" -> FixedWindows.of(Duration.standardSeconds(10));
      case "sliding 60 5" ->
          SlidingWindows.of(Duration.standardSeconds(60)).every(Duration.standardSeconds(5));
      case "sessions 1" -> Sessions.withGapDuration(Duration.standardSeconds(1));
      default -> throw new IllegalArgumentException(windows);
    };
  }

  private static Object assign(WindowFn<?, ?> windowFn, Instant time) {
    if (windowFn instanceof FixedWindows fixed) {
      return fixed.assignWindow(time);
    }
    if (windowFn instanceof SlidingWindows sliding) {
      return new ArrayList<BoundedWindow>(sliding.assignWindows(time));
    }
    return new IntervalWindow(time, ((Sessions) windowFn).getGapDuration());
  }

  /** For the general operator, with a trigger that no other takes where data may be late. */
  private Collection collection(WindowFn<?, ?> windowFn) {
    WindowingStrategy<?, ?> strategy = WindowingStrategy.of(windowFn);
    if (operator.equals("general")) {
      strategy =
          strategy
              .withTrigger(
                  AfterWatermark.pastEndOfWindow()
                      .withLateFirings(AfterPane.elementCountAtLeast(1)))
              .withAllowedLateness(Duration.millis(1));
    }
    return new Collection("c", KvCoder.of(VarLongCoder.of(), VarLongCoder.of()), strategy, true);
  }

  private EdgeFormat format() {
    return EdgeFormat.of(new Edge(0, Edge.Kind.KEYED, 0, 1, input));
  }

  @Benchmark
  @OperationsPerInvocation(BIDS)
  public void group(Blackhole groups) throws Exception {
    BenchmarkContext context = new BenchmarkContext();
    InputOperator grouping =
        GroupingOperators.create(
            new Step.CombinePerKey(
                new TransformName("id", "step"), input, count, accumulatorCoder, false),
            format,
            operator.equals("bounded"),
            (value, timestamp, window, pane, metadata) -> groups.consume(value));
    grouping.open(context);
    for (int i = 0; i < batches.size(); i++) {
      grouping.accept(batches.get(i));
      if (i % 2 == 1 && !operator.equals("bounded")) {
        advance(grouping, context, timestamp(i * BATCH));
      }
    }
    advance(grouping, context, BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    grouping.close();
  }

  private static void advance(InputOperator grouping, BenchmarkContext context, long watermark) {
    context.watermark = watermark;
    Slice slice = new Slice();
    do {
      slice.restart(100_000, System.nanoTime() + 1_000_000_000L);
    } while (!grouping.advanceWatermark(watermark, slice));
  }
}
