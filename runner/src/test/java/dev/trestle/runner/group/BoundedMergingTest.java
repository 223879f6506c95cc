package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.translation.graph.Collection;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What random comparison with {@code ReduceFnRunner} does not reach. */
class BoundedMergingTest {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  @TempDir Path directory;

  private static Collection byteArrays(WindowFn<?, ?> windowFn) {
    return Scenario.collection(
        VarLongCoder.of(), ByteArrayCoder.of(), WindowingStrategy.of(windowFn));
  }

  private static InputOperator operator(Collection collection, Receiver output) {
    EdgeFormat format = Scenario.format(collection);
    return GroupingOperators.create(Scenario.groupByKey(collection), format, true, output);
  }

  /** A session may be larger than memory; each is read from disk by itself. */
  @Test
  void sessionsOfOneKeyThatDoNotFitAreSortedApart() throws Exception {
    Collection collection = byteArrays(Sessions.withGapDuration(Duration.millis(50)));
    Map<BoundedWindow, Integer> counts = new HashMap<>();
    InputOperator operator =
        operator(
            collection,
            (value, timestamp, windows, pane, metadata) -> {
              int count = 0;
              for (Object bytes : (Iterable<?>) ((KV<?, ?>) value).getValue()) {
                assertThat(((byte[]) bytes).length, is(300));
                count++;
              }
              counts.put((BoundedWindow) windows, count);
            });
    FakeTask task = new FakeTask(0, directory);
    operator.open(task);
    for (int i = 0; i < 30_000; ) {
      Batch batch = new Batch(Scenario.format(collection));
      for (; i < 30_000 && !batch.isFull(); i++) {
        long time = 1000L * (i % 3) + i / 3 % 40 * 20;
        Scenario.add(
            batch,
            7L,
            new byte[300],
            time,
            new IntervalWindow(Instant.ofEpochMilli(time), Duration.millis(50)));
      }
      operator.accept(batch);
    }
    while (!Scenario.advance(operator, END, 1)) {}
    operator.close();

    assertThat(
        counts,
        is(
            Map.of(
                session(0, 830),
                10_000,
                session(1000, 1830),
                10_000,
                session(2000, 2830),
                10_000)));
    assertThat(task.memory.used(), is(0L));
  }

  private static BoundedWindow session(long start, long end) {
    return new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(end));
  }

  /** A WindowFn may put an element into no window at all: the same as dropping it. */
  @Test
  void elementWithoutWindowsIsInNoGroup() throws Exception {
    Collection collection = byteArrays(Sessions.withGapDuration(Duration.millis(50)));
    Map<Object, BoundedWindow> groups = new HashMap<>();
    InputOperator operator =
        operator(
            collection,
            (value, timestamp, windows, pane, metadata) ->
                groups.put(((KV<?, ?>) value).getKey(), (BoundedWindow) windows));
    operator.open(new FakeTask());
    Batch batch = new Batch(Scenario.format(collection));
    Scenario.add(batch, 7L, new byte[1], 0, List.of());
    Scenario.add(batch, 8L, new byte[1], 0, session(0, 50));
    operator.accept(batch);

    while (!Scenario.advance(operator, END, 10)) {}

    assertThat(groups, is(Map.of(8L, session(0, 50))));
  }

  @Test
  void windowFnThatMergesWhatItWasNotGivenIsNamed() throws Exception {
    Collection collection = byteArrays(new MergesAtWill());
    InputOperator operator =
        operator(collection, (value, timestamp, windows, pane, metadata) -> {});
    operator.open(new FakeTask());
    Batch batch = new Batch(Scenario.format(collection));
    Scenario.add(batch, 7L, new byte[1], 0, session(0, 1));
    Scenario.add(batch, 7L, new byte[1], 5, session(5, 6));
    operator.accept(batch);

    IllegalStateException trouble =
        assertThrows(IllegalStateException.class, () -> Scenario.advance(operator, END, 10));

    assertThat(trouble.getMessage(), containsString("MergesAtWill merges the window"));
  }

  private static final class MergesAtWill extends UnevenSessions {

    private static final long serialVersionUID = 1;

    @Override
    public void mergeWindows(MergeContext context) throws Exception {
      IntervalWindow other = new IntervalWindow(Instant.EPOCH, Duration.millis(77));
      context.merge(List.of(other), other);
    }

    @Override
    public String toString() {
      return "MergesAtWill";
    }
  }
}
