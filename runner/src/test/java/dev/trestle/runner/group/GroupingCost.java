package dev.trestle.runner.group;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * What grouping costs per element: a million bids on some 52,000 auctions, counted per auction and
 * window, the watermark moving every thousand bids. Not a test; run {@code main}.
 */
final class GroupingCost {

  private static final int BIDS = 1_000_000;
  private static final int ROUNDS = 12;
  private static final Duration FIVE = Duration.standardSeconds(5);
  private static final Duration TEN = Duration.standardSeconds(10);

  private final long[] auctions = new long[BIDS];
  private final Object[] windows = new Object[BIDS];
  private long sink;

  private GroupingCost(WindowFn<?, ?> windowFn) {
    Random random = new Random(7);
    Object last = null;
    long lastSlice = -1;
    for (int i = 0; i < BIDS; i++) {
      auctions[i] =
          random.nextInt(2) == 0 ? i / 2000 * 100 : i / 20 + (long) (random.nextDouble() * 2000);
      long slice = timestamp(i) / FIVE.getMillis();
      if (slice != lastSlice) {
        last = assign(windowFn, timestamp(i));
        lastSlice = slice;
      }
      windows[i] = last;
    }
  }

  private static Object assign(WindowFn<?, ?> windowFn, long timestamp) {
    Instant time = Instant.ofEpochMilli(timestamp);
    if (windowFn instanceof SlidingWindows sliding) {
      return new ArrayList<IntervalWindow>(sliding.assignWindows(time));
    }
    return ((FixedWindows) windowFn).assignWindow(time);
  }

  private static long timestamp(int bid) {
    return bid / 9;
  }

  public static void main(String[] args) throws Exception {
    run("fixed 10 s", FixedWindows.of(TEN));
    run("sliding 10/5 s", SlidingWindows.of(TEN).every(FIVE));
    run("sliding 60/5 s", SlidingWindows.of(Duration.standardSeconds(60)).every(FIVE));
  }

  private static void run(String name, WindowFn<?, ?> windowFn) throws Exception {
    GroupingCost cost = new GroupingCost(windowFn);
    for (boolean precombined : new boolean[] {false, true}) {
      long best = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        best =
            Math.min(best, precombined ? cost.precombine(windowFn) : cost.combine(windowFn, false));
      }
      System.out.printf(
          "%-16s %-10s %6.1f ns per bid%n",
          name, precombined ? "precombine" : "combine", best / (double) BIDS);
    }
    long bounded = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      bounded = Math.min(bounded, cost.combine(windowFn, true));
    }
    System.out.printf("%-16s %-10s %6.1f ns per bid%n", name, "bounded", bounded / (double) BIDS);
    System.out.println(cost.sink);
  }

  private long combine(WindowFn<?, ?> windowFn, boolean bounded) throws Exception {
    Collection input =
        Scenario.collection(VarLongCoder.of(), VarLongCoder.of(), WindowingStrategy.of(windowFn));
    EdgeFormat format = Scenario.format(input);
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < BIDS; ) {
      Batch batch = new Batch(format);
      for (; i < BIDS && batch.size() < 500; i++) {
        Scenario.add(batch, auctions[i], auctions[i], timestamp(i), windows[i]);
      }
      batches.add(batch);
    }
    CombineFn<Object, ?, Long> fn = Count.combineFn();
    FakeTask task = new FakeTask();
    InputOperator operator =
        GroupingOperators.create(
            new Step.CombinePerKey(Scenario.NAME, input, fn, accumulatorCoder(fn), false),
            format,
            bounded,
            (value, timestamp, window, pane, metadata) -> sink++);
    operator.open(task);
    Slice slice = new Slice();
    long start = System.nanoTime();
    for (int i = 0; i < batches.size(); i++) {
      operator.accept(batches.get(i));
      if (i % 2 == 1) {
        task.inputWatermark = timestamp(500 * i);
        advance(operator, slice, task.inputWatermark);
      }
    }
    advance(operator, slice, Long.MAX_VALUE);
    long nanos = System.nanoTime() - start;
    operator.close();
    return nanos;
  }

  private static void advance(InputOperator operator, Slice slice, long watermark) {
    do {
      slice.restart(100_000, System.nanoTime() + 1_000_000_000L);
    } while (!operator.advanceWatermark(watermark, slice));
  }

  private long precombine(WindowFn<?, ?> windowFn) throws Exception {
    Collection input =
        Scenario.collection(VarLongCoder.of(), VarLongCoder.of(), WindowingStrategy.of(windowFn));
    CombineFn<Object, ?, Long> fn = Count.combineFn();
    List<KV<Long, Long>> elements = new ArrayList<>(BIDS);
    for (long auction : auctions) {
      elements.add(KV.of(auction, auction));
    }
    PrecombineOperator operator =
        new PrecombineOperator(
            new Step.Precombine(Scenario.NAME, input, fn, accumulatorCoder(fn)),
            (value, timestamp, window, pane, metadata) -> sink++);
    operator.open(new FakeTask());
    long start = System.nanoTime();
    for (int i = 0; i < BIDS; i++) {
      operator.accept(
          elements.get(i),
          Instant.ofEpochMilli(timestamp(i)),
          windows[i],
          PaneInfo.NO_FIRING,
          null);
      if (i % 50_000 == 0) {
        operator.flush();
      }
    }
    operator.flush();
    return System.nanoTime() - start;
  }

  private static Coder<?> accumulatorCoder(CombineFn<Object, ?, Long> fn) throws Exception {
    return fn.getAccumulatorCoder(CoderRegistry.createDefault(), VOID);
  }

  @SuppressWarnings("unchecked") // counting does not look at it
  private static final Coder<Object> VOID = (Coder<Object>) (Coder<?>) VoidCoder.of();
}
