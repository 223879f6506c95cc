package dev.trestle.runner.group;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class PrecombineTest {

  private static final int CASES = Integer.getInteger("trestle.cases", 200);
  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  @Test
  void changesNothingInWhatComesOut() throws Exception {
    for (long seed = 0; seed < CASES; seed++) {
      compare(seed);
    }
  }

  private static void compare(long seed) throws Exception {
    Scenario scenario = new Scenario(seed);
    WindowingStrategy<?, BoundedWindow> strategy =
        scenario.strategy(DefaultTrigger.of(), TimestampCombiner.values());
    Collection elements = Scenario.collection(scenario.keyCoder(), StringUtf8Coder.of(), strategy);
    Collection accumulators =
        Scenario.collection(scenario.keyCoder(), HostileListFn.CODER, strategy);
    EdgeFormat plainFormat = Scenario.format(elements);
    EdgeFormat liftedFormat = Scenario.format(accumulators);
    FakeTask plainTask = new FakeTask();
    FakeTask liftedTask = new FakeTask();
    InputOperator plain =
        GroupingOperators.create(Scenario.combine(elements, false), plainFormat, true, plainTask);
    InputOperator lifted =
        GroupingOperators.create(
            Scenario.combine(accumulators, true), liftedFormat, true, liftedTask);
    plain.open(plainTask);
    lifted.open(liftedTask);
    PrecombineOperator precombine =
        new PrecombineOperator(
            step(elements),
            (value, timestamp, windows, pane, metadata) -> {
              KV<?, ?> kv = (KV<?, ?>) value;
              Batch batch = new Batch(liftedFormat);
              Scenario.add(batch, kv.getKey(), kv.getValue(), timestamp.getMillis(), windows);
              lifted.accept(batch);
            });
    precombine.open(liftedTask);
    for (int i = 0; i < 300; i++) {
      long timestamp = scenario.random.nextInt(100);
      Object key = scenario.key(scenario.random.nextInt(5));
      Object value = scenario.nextString();
      Object windows = scenario.windows(timestamp);
      precombine.accept(
          KV.of(key, value), Instant.ofEpochMilli(timestamp), windows, PaneInfo.NO_FIRING, null);
      Batch batch = new Batch(plainFormat);
      Scenario.add(batch, key, value, timestamp, windows);
      plain.accept(batch);
      if (scenario.random.nextInt(40) == 0) {
        precombine.flush();
      }
    }
    precombine.flush();
    while (!Scenario.advance(plain, END, 100)) {}
    while (!Scenario.advance(lifted, END, 100)) {}
    assertThat(
        "seed " + seed, Scenario.sorted(liftedTask.panes), is(Scenario.sorted(plainTask.panes)));
  }

  private static Step.Precombine step(Collection elements) {
    return new Step.Precombine(Scenario.NAME, elements, new HostileListFn(), HostileListFn.CODER);
  }

  private static List<Object> keysOut(int elements, int distinct) throws Exception {
    Scenario scenario = new Scenario(0);
    WindowingStrategy<?, ?> strategy = WindowingStrategy.globalDefault();
    Collection input = Scenario.collection(scenario.keyCoder(), StringUtf8Coder.of(), strategy);
    List<Object> keys = new ArrayList<>();
    PrecombineOperator precombine =
        new PrecombineOperator(
            step(input),
            (value, timestamp, windows, pane, metadata) -> keys.add(((KV<?, ?>) value).getKey()));
    precombine.open(new FakeTask());
    for (int i = 0; i < elements; i++) {
      precombine.accept(
          KV.of(scenario.key(i % distinct), "v"),
          Instant.EPOCH,
          GlobalWindow.INSTANCE,
          PaneInfo.NO_FIRING,
          null);
    }
    precombine.flush();
    return keys;
  }

  @Test
  void repeatedKeysLeaveOncePerFlush() throws Exception {
    assertThat(keysOut(200_000, 1000).size(), lessThan(2001));
  }

  @Test
  void distinctKeysPassWithoutWaitingForAFlush() throws Exception {
    assertThat(keysOut(100_000, 100_000), hasSize(100_000));
  }
}
