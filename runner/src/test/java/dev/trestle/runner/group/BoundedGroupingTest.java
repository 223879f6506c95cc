package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.translation.graph.Collection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedGroupingTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 200);
  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  @TempDir Path directory;

  @Test
  void groupsAndCombinesLikeReduceFnRunnerInMemoryAndOnDisk() throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      compareAll(seed, GroupingOperators.Kind.BOUNDED);
      compareAll(seed, GroupingOperators.Kind.BOUNDED_MERGING, MergingGroupingTest.MERGING);
    }
  }

  private void compareAll(long seed, GroupingOperators.Kind kind, WindowFn<?, ?>... windowFns)
      throws Exception {
    compare(new Scenario(seed, windowFns), seed, kind, true, false);
    compare(new Scenario(seed, windowFns), seed, kind, false, false);
    if (seed % 20 == 0) {
      compare(new Scenario(seed, windowFns), seed, kind, true, true);
      compare(new Scenario(seed, windowFns), seed, kind, false, true);
    }
  }

  @SuppressWarnings("unchecked")
  private void compare(
      Scenario scenario, long seed, GroupingOperators.Kind kind, boolean group, boolean onDisk)
      throws Exception {
    WindowingStrategy<?, BoundedWindow> strategy =
        scenario
            .strategy(DefaultTrigger.of(), TimestampCombiner.values())
            .withTrigger(scenario.pick(DefaultTrigger.of(), AfterWatermark.pastEndOfWindow()));
    Coder<?> valueCoder =
        group
            ? scenario.valueCoder()
            : scenario.lifted ? HostileListFn.CODER : StringUtf8Coder.of();
    Collection collection = Scenario.collection(scenario.keyCoder(), valueCoder, strategy);
    assertThat(GroupingOperators.kind(collection, true), is(kind));
    EdgeFormat format = Scenario.format(collection);
    FakeTask task = new FakeTask(onDisk ? 0 : 1 << 30, directory);
    InputOperator operator =
        group
            ? GroupingOperators.create(Scenario.groupByKey(collection), format, true, task)
            : GroupingOperators.create(
                Scenario.combine(collection, scenario.lifted), format, true, task);
    FakeTask referenceTask = new FakeTask();
    ReferenceGrouping reference =
        new ReferenceGrouping(
            referenceTask,
            format.keyCoder(),
            strategy,
            group
                ? ReduceFns.buffering(format.valueCoder())
                : ReduceFns.combining(
                    new Combiner(new HostileListFn()),
                    (Coder<Object>) (Coder<?>) HostileListFn.CODER,
                    scenario.lifted));
    operator.open(task);
    String padding = onDisk ? "p".repeat(20_000) : "";
    for (int i = 0; i < 30; i++) {
      Batch batch = new Batch(format);
      for (int j = 0; j < 10; j++) {
        long timestamp = scenario.random.nextInt(200);
        Object value = scenario.nextString() + padding;
        if (group ? !scenario.objects : scenario.lifted) {
          value = new ArrayList<>(List.of(value));
        }
        Scenario.add(
            batch,
            scenario.key(scenario.random.nextInt(6)),
            value,
            timestamp,
            scenario.windows(timestamp));
      }
      operator.accept(batch);
      reference.accept(batch);
      Scenario.advance(operator, 20L * i, 100);
      assertThat(operator.hold(), is(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis()));
    }
    task.inputWatermark = END;
    while (!Scenario.advance(operator, END, 3)) {
      assertThat(operator.hold(), is(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis()));
    }
    reference.advanceWatermark(END);
    assertThat(
        "seed " + seed, Scenario.sorted(task.panes), is(Scenario.sorted(referenceTask.panes)));
    assertThat(operator.hold(), is(Long.MAX_VALUE));
    operator.close();
    assertThat(task.memory.used(), is(0L));
  }

  @Test
  void valuesOfOneKeyMayBeLargerThanMemoryAndAreReadAgain() throws Exception {
    int values = 200_000;
    byte[] padding = new byte[400];
    List<Object> outputs = new ArrayList<>();
    FakeTask task = new FakeTask(0, directory);
    InputOperator operator =
        byteArrays(
            (value, timestamp, windows, pane, metadata) -> {
              KV<?, ?> kv = (KV<?, ?>) value;
              assertThat(pane, is(PaneInfo.ON_TIME_AND_ONLY_FIRING));
              outputs.add(kv.getKey());
              assertThat(count((Iterable<?>) kv.getValue()), is(values));
              assertThat(count((Iterable<?>) kv.getValue()), is(values));
            });
    operator.open(task);
    for (int i = 0; i < values; ) {
      Batch batch = new Batch(BYTES);
      while (i < values && !batch.isFull()) {
        Scenario.add(batch, 7L, padding, 0, GlobalWindow.INSTANCE);
        i++;
      }
      operator.accept(batch);
    }
    assertThat(files(), greaterThan(0L));
    while (!Scenario.advance(operator, END, 10)) {}
    assertThat(outputs, hasSize(1));
    operator.close();
  }

  @Test
  void manyKeysOnDiskKeepTheirValues() throws Exception {
    Map<Object, Integer> expected = new HashMap<>();
    Map<Object, Integer> actual = new HashMap<>();
    FakeTask task = new FakeTask(8 << 20, directory);
    InputOperator operator =
        byteArrays(
            (value, timestamp, windows, pane, metadata) -> {
              KV<?, ?> kv = (KV<?, ?>) value;
              actual.put(kv.getKey(), count((Iterable<?>) kv.getValue()));
            });
    operator.open(task);
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      Batch batch = new Batch(BYTES);
      while (!batch.isFull()) {
        long key = random.nextInt(20_000);
        expected.merge(key, 1, Integer::sum);
        Scenario.add(batch, key, new byte[random.nextInt(200)], 0, GlobalWindow.INSTANCE);
      }
      operator.accept(batch);
      assertThat(task.memory.used() <= 8 << 20, is(true));
    }
    while (!Scenario.advance(operator, END, 1000)) {}
    assertThat(actual, is(expected));
    operator.close();
    assertThat(task.memory.used(), is(0L));
  }

  @Test
  void inputThatFitsDoesNotTouchTheDisk() throws Exception {
    FakeTask task = new FakeTask(1 << 30, directory);
    InputOperator operator = byteArrays((value, timestamp, windows, pane, metadata) -> {});
    operator.open(task);
    for (int i = 0; i < 100; i++) {
      Batch batch = new Batch(BYTES);
      while (!batch.isFull()) {
        Scenario.add(batch, (long) i, new byte[500], 0, GlobalWindow.INSTANCE);
      }
      operator.accept(batch);
    }
    while (!Scenario.advance(operator, END, 1000)) {}
    operator.close();
    assertThat(files(), is(0L));
  }

  @Test
  void anIterableStaysGoodAfterTheOperatorHasGone() throws Exception {
    FakeTask task = new FakeTask(0, directory);
    List<Iterable<?>> kept = new ArrayList<>();
    InputOperator operator =
        byteArrays(
            (value, timestamp, windows, pane, metadata) ->
                kept.add((Iterable<?>) ((KV<?, ?>) value).getValue()));
    operator.open(task);
    for (int i = 0; i < 200; i++) {
      Batch batch = new Batch(BYTES);
      for (int j = 0; j < 100; j++) {
        Scenario.add(batch, (long) j, new byte[200], 0, GlobalWindow.INSTANCE);
      }
      operator.accept(batch);
    }
    while (!Scenario.advance(operator, END, 1000)) {}
    operator.close();
    assertThat(kept, hasSize(100));
    for (Iterable<?> values : kept) {
      assertThat(count(values), is(200));
    }
  }

  private static final Collection BYTES_BY_LONG =
      Scenario.collection(
          VarLongCoder.of(), ByteArrayCoder.of(), WindowingStrategy.globalDefault());
  private static final EdgeFormat BYTES = Scenario.format(BYTES_BY_LONG);

  private static InputOperator byteArrays(dev.trestle.runner.operator.Receiver receiver) {
    return GroupingOperators.create(Scenario.groupByKey(BYTES_BY_LONG), BYTES, true, receiver);
  }

  private static int count(Iterable<?> values) {
    int count = 0;
    for (Object value : values) {
      count += value == null ? 0 : 1;
    }
    return count;
  }

  private long files() throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> !Files.isDirectory(file)).count();
    }
  }
}
