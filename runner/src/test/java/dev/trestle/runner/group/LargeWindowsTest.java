package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.state.table.OrderedRows;
import dev.trestle.translation.graph.Collection;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows in memory and in rows: what is where, and for how long. */
class LargeWindowsTest {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final Duration TEN = Duration.millis(10);
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), TEN);

  @TempDir Path directory;

  /** Bytes by key that have been handed out. */
  private final Map<Object, Long> bytes = new HashMap<>();

  private EdgeFormat format;

  @Test
  void valuesOfAKeyComeTogetherFromManyRows() throws Exception {
    Map<Object, Long> all = Map.of(1L, 60L * 40_000, 2L, 20L);
    assertThat(bytesOfTwoKeys(FixedWindows.of(TEN)), is(all));
    assertThat(bytesOfTwoKeys(Sessions.withGapDuration(TEN)), is(all));
  }

  private Map<Object, Long> bytesOfTwoKeys(WindowFn<?, ?> windowFn) throws Exception {
    bytes.clear();
    try (FakeTask task = new FakeTask(0, directory)) {
      InputOperator operator = operator(windowFn);
      operator.open(task);
      for (int i = 0; i < 20; i++) {
        Batch batch = new Batch(format);
        for (int j = 0; j < 3; j++) {
          Scenario.add(batch, 1L, new byte[40_000], 0, FIRST);
        }
        Scenario.add(batch, 2L, new byte[1], 0, FIRST);
        operator.accept(batch);
      }
      assertThat(task.hasDatabase(), is(true));
      fire(operator, task, END);
      operator.close();
    }
    return Map.copyOf(bytes);
  }

  @Test
  void valuesAreInRecordsOfOneSnapshotAtMost() throws Exception {
    try (FakeTask task = new FakeTask(1 << 30, directory)) {
      InputOperator operator = null;
      for (int i = 0; i < 3; i++) {
        operator = operator(FixedWindows.of(TEN));
        operator.open(task);
        assertThat(rows(task), i == 0 ? is(0) : greaterThan(0));
        assertThat(task.memory.used(), is(0L));
        for (int j = 0; j < 20; j++) {
          Batch batch = new Batch(format);
          Scenario.add(batch, (long) j, new byte[1 << 20], 0, FIRST);
          operator.accept(batch);
        }
        assertThat(task.memory.used(), greaterThan(16L << 20));
        task.restart(operator);
      }
      operator = operator(FixedWindows.of(TEN));
      operator.open(task);
      fire(operator, task, END);
      operator.close();
    }
    assertThat(bytes.size(), is(20));
    assertThat(bytes.values(), everyItem(is(3L << 20)));
  }

  @Test
  void nothingIsLeftOfWindowsThatHaveExpired() throws Exception {
    for (WindowFn<?, ?> windowFn :
        new WindowFn<?, ?>[] {FixedWindows.of(TEN), Sessions.withGapDuration(TEN)}) {
      try (FakeTask task = new FakeTask(0, directory)) {
        InputOperator operator = operator(windowFn);
        operator.open(task);
        addThousandKeys(operator);
        assertThat(rows(task), greaterThan(0));
        fire(operator, task, 15);
        addThousandKeys(operator);
        assertThat(rows(task), greaterThan(0));
        fire(operator, task, 200);
        assertThat(rows(task), is(0));
        operator.close();
      }
    }
  }

  @Test
  void memoryIsGivenBackWhenWindowsHaveFired() throws Exception {
    for (WindowFn<?, ?> windowFn :
        new WindowFn<?, ?>[] {FixedWindows.of(TEN), Sessions.withGapDuration(TEN)}) {
      try (FakeTask task = new FakeTask(64 << 20, directory)) {
        InputOperator operator = operator(windowFn);
        operator.open(task);
        for (int i = 0; i < 8; i++) {
          Batch batch = new Batch(format);
          Scenario.add(batch, (long) i, new byte[1 << 20], 0, FIRST);
          operator.accept(batch);
        }
        assertThat(task.memory.used(), greaterThan(6L << 20));
        fire(operator, task, 200);
        assertThat(task.memory.used(), lessThan(3L << 20));
        operator.close();
        assertThat(task.memory.used(), is(0L));
        assertThat(task.hasDatabase(), is(false));
      }
    }
  }

  /** With lateness of 100 ms. */
  private InputOperator operator(WindowFn<?, ?> windowFn) {
    Collection input =
        Scenario.collection(
            VarLongCoder.of(),
            ByteArrayCoder.of(),
            WindowingStrategy.of(windowFn).withAllowedLateness(Duration.millis(100)));
    format = Scenario.format(input);
    return GroupingOperators.create(
        Scenario.groupByKey(input),
        format,
        false,
        (value, timestamp, windows, pane, metadata) -> {
          KV<?, ?> kv = (KV<?, ?>) value;
          for (Object one : (Iterable<?>) kv.getValue()) {
            bytes.merge(kv.getKey(), (long) ((byte[]) one).length, Long::sum);
          }
        });
  }

  private void addThousandKeys(InputOperator operator) {
    for (int i = 0; i < 1000; ) {
      Batch batch = new Batch(format);
      while (i < 1000 && !batch.isFull()) {
        Scenario.add(batch, (long) i++, new byte[1], 0, FIRST);
      }
      operator.accept(batch);
    }
  }

  private static void fire(InputOperator operator, FakeTask task, long watermark) {
    task.inputWatermark = watermark;
    while (!Scenario.advance(operator, watermark, 100)) {}
  }

  private static int rows(FakeTask task) {
    int[] count = {0};
    for (int kind = 0; kind < 3; kind++) {
      OrderedRows rows = task.orderedRows(kind);
      for (int keyGroup = 0; keyGroup < task.keyGroups().end(); keyGroup++) {
        rows.scan(keyGroup, new byte[0], (key, value) -> ++count[0] > 0);
      }
    }
    return count[0];
  }
}
