package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.slice;
import static dev.trestle.runner.dofn.Steps.window;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.FakeSideInputs;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.state.ByteKey;
import java.util.List;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SideInputGateTest {

  private final FakeSideInputs sideInputs = new FakeSideInputs();
  private final FakeOperatorContext context = new FakeOperatorContext().with(sideInputs);
  private final CollectingReceiver main = new CollectingReceiver();
  private SideInputGate gate;

  static class Echo extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element);
    }
  }

  @BeforeEach
  void open() throws Exception {
    gate =
        new SideInputGate(
            new ParDoOperator(Steps.parDo(new Echo()), new Receiver[] {main}), Steps.strings());
    gate.open(context);
    gate.startBundle();
  }

  private void give(String value, long time, Object windows) {
    gate.accept(value, at(time), windows, PaneInfo.NO_FIRING, null);
  }

  @Test
  void elementWaitsForItsWindowAndHoldsTheWatermark() {
    sideInputs.set(window(1), "ready");
    give("a", 5, window(0));
    give("b", 15, window(1));
    give("c", 3, window(0));
    assertThat(main.values(), contains("b"));
    assertThat(gate.hold(), equalTo(3L));

    sideInputs.set(window(0), "ready");
    gate.sideInputsChanged();
    assertThat(gate.release(slice()), is(true));
    assertThat(main.values(), contains("b", "a", "c"));
    assertThat(gate.hold(), equalTo(Long.MAX_VALUE));
  }

  @Test
  void elementInSeveralWindowsPassesWindowByWindow() {
    sideInputs.set(window(1), "ready");
    List<BoundedWindow> windows = List.of(window(0), window(1));
    give("a", 5, windows);
    assertThat(main.windows(), contains((Object) window(1)));
    sideInputs.set(window(0), "ready");
    gate.sideInputsChanged();
    gate.release(slice());
    assertThat(main.windows(), contains((Object) window(1), window(0)));
  }

  @Test
  void newElementDoesNotOvertakeThoseThatWait() {
    give("a", 5, window(0));
    sideInputs.set(window(0), "ready");
    gate.sideInputsChanged();
    give("b", 5, window(0));
    gate.release(slice());
    assertThat(main.values(), contains("a", "b"));
  }

  @Test
  void usedUpSliceInterruptsRelease() {
    for (int i = 0; i < 600; i++) {
      give("a", 5, window(0));
    }
    sideInputs.set(window(0), "ready");
    gate.sideInputsChanged();
    assertThat(gate.release(slice(100)), is(false));
    assertThat(gate.hold(), equalTo(5L));
    assertThat(gate.release(slice()), is(true));
    assertThat(main.values().size(), equalTo(600));
  }

  @Test
  void readinessIsAskedOncePerWindow() {
    sideInputs.set(window(0), "ready");
    BoundedWindow window = window(0);
    for (int i = 0; i < 100; i++) {
      give("a", 5, window);
    }
    assertThat(sideInputs.questions, equalTo(1));
  }

  @Test
  void elementOfAnExpiredWindowIsDroppedAndCounted() {
    sideInputs.set(window(1), "ready");
    sideInputs.expired.add(window(0));
    give("a", 15, List.of(window(0), window(1)));
    give("b", 5, window(0));
    assertThat(main.windows(), contains((Object) window(1)));
    assertThat(gate.hold(), equalTo(Long.MAX_VALUE));
    assertThat(dropped(), equalTo(2L));
  }

  @Test
  void windowExpiresWhileItsElementsPass() {
    sideInputs.set(window(0), "ready");
    BoundedWindow window = window(0);
    give("a", 5, window);
    sideInputs.expired.add(window);
    gate.sideInputsChanged();
    give("b", 5, window);
    assertThat(main.values(), contains("a"));
    assertThat(dropped(), equalTo(1L));
  }

  private long dropped() {
    return context
        .metrics
        .getCounter(MetricName.named(LateDataDroppingDoFnRunner.class, "droppedDueToLateness"))
        .getCumulative();
  }

  @Test
  void elementOfABatchInAnExpiredWindowIsDropped() throws Exception {
    SideInputBatchGate root = rootGate();
    sideInputs.set(window(1), "ready");
    sideInputs.expired.add(window(0));
    Batch batch = new Batch(Steps.KEYED);
    add(batch, "a", 1, 5);
    add(batch, "a", 2, 15);
    root.accept(batch);
    assertThat(main.values(), contains("a2"));
    assertThat(root.hold() > 15, is(true));
    assertThat(dropped(), equalTo(1L));
  }

  @Test
  void timersThatHaveYetToFireAfterAWaitHoldTheWatermark() throws Exception {
    SideInputBatchGate root = rootGate();
    Batch batch = new Batch(Steps.KEYED);
    add(batch, "a", 1, 5);
    root.accept(batch);
    root.advanceWatermark(30, slice());
    sideInputs.set(window(0), "ready");
    root.sideInputsChanged();
    assertThat(root.release(slice(1)), is(false)); // used up by the element
    assertThat(main.values(), contains("a1"));
    assertThat(root.hold(), equalTo(5L));
    assertThat(root.release(slice()), is(true));
    assertThat(main.values(), contains("a1", "end a1 9"));
    assertThat(root.hold(), equalTo(Long.MAX_VALUE));
  }

  private SideInputBatchGate rootGate() throws Exception {
    SideInputBatchGate root =
        new SideInputBatchGate(
            new StatefulParDoOperator(
                Steps.stateful(new StatefulParDoOperatorTest.Expiring(), Duration.ZERO),
                Steps.KEYED,
                new Receiver[] {main}),
            Steps.KEYED,
            Steps.strings(),
            () -> Long.MAX_VALUE);
    root.open(context);
    root.startBundle();
    return root;
  }

  @Test
  void waitingElementOfARootIsNotLateWhenReleased() throws Exception {
    SideInputBatchGate root = rootGate();
    sideInputs.set(window(1), "ready");
    Batch batch = new Batch(Steps.KEYED);
    add(batch, "a", 1, 5);
    add(batch, "a", 2, 15);
    root.accept(batch);
    assertThat(main.values(), contains("a2"));
    assertThat(root.advanceWatermark(18, slice()), is(true));
    assertThat(root.hold(), equalTo(5L));

    sideInputs.set(window(0), "ready");
    root.sideInputsChanged();
    assertThat(root.release(slice()), is(true));
    assertThat(main.values(), contains("a2", "a1", "end a1 9"));
  }

  private static void add(Batch batch, String key, int value, long time) {
    batch.addKeyed(
        key,
        new ByteKey(),
        key.hashCode(),
        value,
        at(time),
        window((int) (time / 10)),
        PaneInfo.NO_FIRING,
        null);
  }
}
