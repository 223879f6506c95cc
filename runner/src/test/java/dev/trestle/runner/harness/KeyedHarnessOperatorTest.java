package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.runners.core.StatefulDoFnRunner;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.construction.Timer;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once with keys as objects, once with keys as bytes. */
final class KeyedHarnessOperatorTest {

  private static final IntervalWindow WINDOW =
      new IntervalWindow(Instant.EPOCH, Duration.millis(100));

  private static final Collection INPUT =
      new Collection(
          "input",
          KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
          WindowingStrategy.of(FixedWindows.of(Duration.millis(100))),
          false);

  private static final Collection OUTPUT =
      new Collection(
          "output",
          StringUtf8Coder.of(),
          WindowingStrategy.of(FixedWindows.of(Duration.millis(100))),
          false);

  private final List<Runnable> steps = new ArrayList<>();
  private final FakeWorkers workers = FakeWorkers.simulated(steps::add, new Random(1));
  private final CollectingReceiver output = new CollectingReceiver();
  private FakeOperatorContext context;
  private EdgeFormat format;
  private KeyedHarnessOperator operator;

  @TempDir Path directory;

  @BeforeEach
  void prepare() {
    context = new FakeOperatorContext(1 << 24, directory);
  }

  @AfterEach
  void close() {
    operator.close();
    context.close();
    workers.close();
  }

  /** Does what the values of elements say, and tells of every timer. */
  private static final class Obedient implements HarnessFn.Keyed {

    @Override
    public void process(WindowedValue<Object> element, HarnessCalls calls) {
      KV<?, ?> pair = (KV<?, ?>) element.getValue();
      long value = (Long) pair.getValue();
      calls.addToBag("bag", value);
      tell(calls, element.getTimestamp(), pair.getKey() + " has " + calls.bag("bag"));
      if (value < 0) {
        calls.clearTimer("event", "" + -value);
      } else if (value > 0) {
        Instant time = Instant.ofEpochMilli(value);
        calls.setTimer("event", "" + value, time, time);
      } else {
        calls.setTimer("processing", "", Instant.ofEpochMilli(50), element.getTimestamp());
      }
    }

    @Override
    public void onTimer(
        String family, Timer<Object> timer, BoundedWindow window, HarnessCalls calls) {
      String what = family + " " + timer.getUserKey() + " " + timer.getDynamicTimerTag();
      tell(calls, timer.getHoldTimestamp(), what + " has " + calls.bag("bag"));
      if (timer.getDynamicTimerTag().equals("10")) {
        Instant time = timer.getFireTimestamp().plus(Duration.millis(5));
        calls.setTimer("event", "set by 10", time, time);
      }
    }

    private static void tell(HarnessCalls calls, Instant timestamp, String what) {
      calls.output(0, WindowedValues.of(what, timestamp, WINDOW, PaneInfo.NO_FIRING));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stateIsByKey(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 1, 0);
    give("b", 2, 0);
    settle();
    give("a", 3, 0);
    settle();
    assertThat(output.values(), contains("a has [1]", "b has [2]", "a has [1, 3]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneBundleIsOutAtATime(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 1, 0);
    operator.flush();
    assertThat(work().isFull(), is(true));
    give("a", 2, 0);
    operator.flush();
    assertThat(workers.bundles().size(), is(1));
    settle();
    assertThat(workers.bundles().size(), is(2));
    assertThat(output.values(), contains("a has [1]", "a has [1, 2]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTimerSetByAnotherFiresBeforeTheNext(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 20, 0);
    give("a", 10, 0);
    give("a", 30, 0);
    give("a", -30, 0);
    settle();
    output.elements().clear();
    assertThat("it waits", operator.advanceWatermark(25, slice()), is(false));
    while (work().isOut()) {
      settle();
      operator.advanceWatermark(25, slice());
    }
    assertThat(operator.advanceWatermark(25, slice()), is(true));
    assertThat(
        output.values(),
        contains(
            "event a 10 has [20, 10, 30, -30]",
            "event a set by 10 has [20, 10, 30, -30]",
            "event a 20 has [20, 10, 30, -30]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void elementsGoBeforeTheWatermarkBehindThem(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 10, 0);
    assertThat(operator.advanceWatermark(50, slice()), is(false));
    settle();
    assertThat(output.values(), contains("a has [10]"));
    advanceTo(50);
    assertThat(
        output.values(),
        contains("a has [10]", "event a 10 has [10]", "event a set by 10 has [10]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void processingTimeTimersFireWhenTheyAreDue(boolean byObject) {
    open(byObject, Map.of("processing", TimeDomain.PROCESSING_TIME));
    give("a", 0, 7);
    settle();
    assertThat(operator.hold(), is(7L));
    context.now = 50;
    operator.advance(slice());
    assertThat(work().isOut(), is(false));
    context.now = operator.nextWakeup();
    operator.advance(slice());
    settle();
    assertThat(output.values(), contains("a has [0]", "processing a  has [0]"));
    assertThat(output.elements().get(1).getTimestamp(), is(Instant.ofEpochMilli(7)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void processingTimeTimersFireAtTheEndOfTimeAtTheLatest(boolean byObject) {
    open(byObject, Map.of("processing", TimeDomain.PROCESSING_TIME));
    give("a", 0, 7);
    settle();
    advanceTo(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    assertThat(output.values(), contains("a has [0]", "processing a  has [0]"));
  }

  @Test
  void drainDoesNotWaitForProcessingTime() {
    open(true, Map.of("processing", TimeDomain.PROCESSING_TIME));
    give("a", 0, 7);
    settle();
    context.draining = true;
    advanceTo(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    assertThat(output.values(), contains("a has [0]"));
  }

  @Test
  void eventTimersFireWhenTheWatermarkReachesTheirTime() {
    open(true, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 20, 7);
    settle();
    advanceTo(19);
    assertThat(output.values(), contains("a has [20]"));
    advanceTo(20);
    assertThat(output.values(), contains("a has [20]", "event a 20 has [20]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lateElementsAreDroppedAndCounted(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    advanceTo(200);
    give("a", 1, 0);
    settle();
    assertThat(output.values(), is(empty()));
    assertThat(
        context
            .metrics()
            .getCounter(
                MetricName.named(
                    StatefulDoFnRunner.class, StatefulDoFnRunner.DROPPED_DUE_TO_LATENESS_COUNTER))
            .getCumulative(),
        is(1L));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingStaysOfAWindowThatHasExpired(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 500, 0);
    settle();
    assertThat(context.rows(), is(1));
    int bundles = workers.bundles().size();
    advanceTo(200);
    assertThat(context.rows(), is(0));
    assertThat("nobody is asked", workers.bundles().size(), is(bundles));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWindowThatExpiresIsToldOfBeforeItsStateGoes(boolean byObject) {
    open(byObject, Map.of("expiration", TimeDomain.EVENT_TIME, "event", TimeDomain.EVENT_TIME));
    give("a", 10, 0);
    give("b", 99, 0);
    settle();
    output.elements().clear();
    advanceTo(200);
    assertThat(
        tellsOf(" a "),
        contains("event a 10 has [10]", "event a set by 10 has [10]", "expiration a  has [10]"));
    assertThat(tellsOf(" b "), contains("event b 99 has [99]", "expiration b  has [99]"));
    assertThat(context.rows(), is(0));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stateAndTimersOutliveTheProcess(boolean byObject) throws Exception {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 10, 0);
    settle();
    output.elements().clear();
    context.restart(operator);
    context.asyncWork().clear();
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME));
    give("a", 11, 0);
    settle();
    advanceTo(12);
    assertThat(
        output.values(),
        contains("a has [10, 11]", "event a 10 has [10, 11]", "event a 11 has [10, 11]"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void elementsComeInTheOrderOfTimeWhereTheyHaveTo(boolean byObject) {
    open(byObject, Map.of("event", TimeDomain.EVENT_TIME), true);
    give("a", 91, 30);
    give("a", 92, 10);
    give("a", 93, 20);
    settle();
    assertThat(output.values(), is(empty()));
    advanceTo(25);
    assertThat(output.values(), contains("a has [92]", "a has [92, 93]"));
    give("a", 94, 15);
    advanceTo(200);
    assertThat("too late", tellsOf("94"), is(empty()));
    assertThat(
        output.values(),
        contains(
            "a has [92]",
            "a has [92, 93]",
            "a has [92, 93, 91]",
            "event a 91 has [92, 93, 91]",
            "event a 92 has [92, 93, 91]",
            "event a 93 has [92, 93, 91]"));
    assertThat(context.rows(), is(0));
  }

  private void open(boolean byObject, Map<String, TimeDomain> timers) {
    open(byObject, timers, false);
  }

  @SuppressWarnings("unchecked") // elements fit their coders
  private void open(boolean byObject, Map<String, TimeDomain> timers, boolean sorted) {
    format =
        new EdgeFormat(
            (Coder<Object>) (Coder<?>) StringUtf8Coder.of(),
            (Coder<Object>) (Coder<?>) VarLongCoder.of(),
            byObject,
            byObject);
    Step.Harness step =
        Harnessed.keyedStep(
            new TransformName("id", "Elsewhere"),
            INPUT,
            OUTPUT,
            new Obedient(),
            List.of("bag"),
            timers);
    operator =
        new KeyedHarnessOperator(
            new HarnessStep(
                sorted ? Harnessed.sorted(step) : step,
                List.of(new Node.Output("out", OUTPUT, List.of(), List.of())),
                List.of(output),
                new BundleSize(100, Long.MAX_VALUE),
                workers),
            format);
    context.open(operator);
  }

  private void give(String key, long value, long timestamp) {
    Batch batch = new Batch(format);
    ByteKey encoded = encoded(key);
    batch.addKeyed(
        key,
        encoded,
        format.keyByObject() ? key.hashCode() : encoded.hashCode(),
        value,
        Instant.ofEpochMilli(timestamp),
        WINDOW,
        PaneInfo.NO_FIRING,
        null);
    operator.accept(batch);
  }

  private static ByteKey encoded(String key) {
    byte[] bytes = new byte[key.length() + 1];
    bytes[0] = (byte) key.length();
    for (int i = 0; i < key.length(); i++) {
      bytes[i + 1] = (byte) key.charAt(i);
    }
    return new ByteKey(bytes, 0, bytes.length);
  }

  private List<Object> tellsOf(String key) {
    return output.values().stream().filter(each -> ((String) each).contains(key)).toList();
  }

  private void advanceTo(long watermark) {
    while (!operator.advanceWatermark(watermark, slice())) {
      settle();
    }
  }

  /** Lets workers and task go on, until neither has anything to do. */
  private void settle() {
    work().rest();
    while (work().isOut()) {
      while (!steps.isEmpty()) {
        steps.remove(0).run();
      }
      work().deliver(slice());
      work().rest();
    }
  }

  private static Slice slice() {
    Slice slice = new Slice();
    slice.restart(Integer.MAX_VALUE, Long.MAX_VALUE);
    return slice;
  }

  private AsyncWork work() {
    return context.asyncWork().get(0);
  }
}
