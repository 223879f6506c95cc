package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.slice;
import static dev.trestle.runner.dofn.Steps.window;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.FakeSideInputs;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.RedistributeOperator;
import dev.trestle.state.ByteKey;
import dev.trestle.translation.graph.Collection;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where elements wait: in memory, on disk, or some here and some there. */
class SideInputGateSpillTest {

  private static final int ELEMENTS = 60_000;

  @TempDir Path directory;

  private final FakeSideInputs sideInputs = new FakeSideInputs();
  private final CollectingReceiver main = new CollectingReceiver();

  private FakeOperatorContext context(long memory) {
    return new FakeOperatorContext(memory, directory).with(sideInputs);
  }

  private SideInputGate gate(FakeOperatorContext context, Collection input) throws Exception {
    Operator echo =
        new ParDoOperator(Steps.parDo(new SideInputGateTest.Echo()), new Receiver[] {main});
    SideInputGate gate = new SideInputGate(echo, input);
    gate.open(context);
    gate.startBundle();
    return gate;
  }

  private SideInputGate gate(FakeOperatorContext context) throws Exception {
    return gate(context, Steps.strings());
  }

  private static void give(SideInputGate gate, String value, long time, BoundedWindow window) {
    gate.accept(value, at(time), window, PaneInfo.NO_FIRING, null);
  }

  private void makeReady(BoundedWindow window) {
    sideInputs.set(window, "ready");
  }

  private static String text(int number) {
    return "a text that takes some room in memory, number " + number;
  }

  @Test
  void elementWithinTheBudgetWaitsByReference() throws Exception {
    FakeOperatorContext context = context(1 << 30);
    SideInputGate gate = gate(context);
    List<String> given = new ArrayList<>();
    for (int i = 0; i < ELEMENTS; i++) {
      String value = text(i);
      given.add(value);
      give(gate, value, 5, window(0));
    }
    assertThat(context.memory.used(), greaterThan((long) ELEMENTS * text(0).length()));
    makeReady(window(0));
    gate.sideInputsChanged();
    assertThat(gate.release(slice()), is(true));
    List<Object> released = main.values();
    assertThat(released, hasSize(ELEMENTS));
    for (int i = 0; i < ELEMENTS; i++) {
      assertThat(released.get(i), sameInstance(given.get(i)));
    }
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5 << 20})
  void elementBeyondTheBudgetWaitsOnDisk(long memory) throws Exception {
    FakeOperatorContext context = context(memory);
    SideInputGate gate = gate(context);
    for (int i = 0; i < ELEMENTS; i++) {
      give(gate, text(i), 5, window(0));
      assertThat(context.memory.used(), lessThanOrEqualTo(memory));
    }
    assertThat(context.spilled(), is(not(empty())));
    makeReady(window(0));
    gate.sideInputsChanged();
    assertThat(gate.release(slice()), is(true));
    List<Object> released = main.values();
    assertThat(released, hasSize(ELEMENTS));
    for (int i = 0; i < ELEMENTS; i++) {
      assertThat(released.get(i), equalTo(text(i)));
    }
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  @Test
  void manyWindowsShareAFile() throws Exception {
    FakeOperatorContext context = context(0);
    SideInputGate gate = gate(context);
    for (int i = 0; i < ELEMENTS; i++) {
      give(gate, text(i), 10L * i, window(i));
    }
    assertThat(context.spilled(), hasSize(1));
    for (int i = 0; i < ELEMENTS; i++) {
      makeReady(window(i));
    }
    gate.sideInputsChanged();
    assertThat(gate.release(slice()), is(true));
    assertThat(main.elements(), hasSize(ELEMENTS));
    assertThat(context.spilled(), is(empty()));
  }

  /** Compares with what the gate is meant to do, step by step. */
  @ParameterizedTest
  @ValueSource(longs = {0, 2 << 20, 1 << 30})
  void windowsThatBecomeReadyInAnyOrderKeepTheirs(long memory) throws Exception {
    for (int seed = 0; seed < 5; seed++) {
      compareWithModel(memory, new Random(seed));
    }
  }

  private void compareWithModel(long memory, Random random) throws Exception {
    int windows = 30;
    FakeOperatorContext context = context(memory);
    SideInputGate gate = gate(context);
    Map<BoundedWindow, Deque<KV<String, Long>>> waiting = new HashMap<>();
    List<IntervalWindow> notReady = new ArrayList<>();
    for (int i = 0; i < windows; i++) {
      notReady.add(window(1000 * random.nextInt(1_000_000) + i));
    }
    boolean done = true;
    int seen = main.elements().size();
    while (!notReady.isEmpty() || !done) {
      for (int i = random.nextInt(3000); i > 0 && !notReady.isEmpty(); i--) {
        IntervalWindow window = notReady.get(random.nextInt(notReady.size()));
        long time = window.start().getMillis() + random.nextInt(10);
        String value = "x".repeat(random.nextInt(400)) + time;
        waiting.computeIfAbsent(window, unused -> new ArrayDeque<>()).add(KV.of(value, time));
        give(gate, value, time, random.nextBoolean() ? window : copy(window));
      }
      if (!notReady.isEmpty() && random.nextInt(3) == 0) {
        makeReady(notReady.remove(random.nextInt(notReady.size())));
        gate.sideInputsChanged();
      }
      done = gate.release(slice(1 + random.nextInt(2000)));
      for (; seen < main.elements().size(); seen++) {
        Object value = main.elements().get(seen).getValue();
        assertThat(value, equalTo(waiting.get(main.windows().get(seen)).remove().getKey()));
      }
      assertThat(gate.hold(), equalTo(leastTime(waiting)));
      assertThat(context.memory.used(), lessThanOrEqualTo(memory));
    }
    assertThat(leastTime(waiting), is(Long.MAX_VALUE));
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  private static IntervalWindow copy(IntervalWindow window) {
    return new IntervalWindow(window.start(), window.end());
  }

  private static long leastTime(Map<BoundedWindow, Deque<KV<String, Long>>> waiting) {
    return waiting.values().stream()
        .flatMap(Deque::stream)
        .mapToLong(KV::getValue)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2 << 20, 1 << 30})
  void closingGivesBackWhatElementsStillTake(long memory) throws Exception {
    FakeOperatorContext context = context(memory);
    SideInputGate gate = gate(context);
    for (int i = 0; i < ELEMENTS; i++) {
      give(gate, text(i), 5, window(i % 7));
    }
    makeReady(window(3));
    gate.sideInputsChanged();
    gate.release(slice(100));
    gate.close();
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  /** Encodes so many elements, then fails. */
  private static final class FailingCoder extends CustomCoder<String> {
    private int left;

    FailingCoder(int left) {
      this.left = left;
    }

    @Override
    public void encode(String value, OutputStream out) throws CoderException {
      if (left-- == 0) {
        throw new CoderException("No more");
      }
    }

    @Override
    public String decode(InputStream in) {
      throw new UnsupportedOperationException();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 5000})
  void failingCoderIsTheUsersError(int encoded) throws Exception {
    FakeOperatorContext context = context(0);
    SideInputGate gate = gate(context, Steps.collection(new FailingCoder(encoded), Duration.ZERO));
    assertThrows(
        UserCodeException.class,
        () -> {
          for (int i = 0; i < 1_000_000; i++) {
            give(gate, text(i), 5, window(0));
          }
        });
    gate.close();
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4 << 20, 1 << 30})
  void batchesOfARootWaitLikewise(long memory) throws Exception {
    FakeOperatorContext context = context(memory);
    EdgeFormat format = encodedFormat();
    SideInputBatchGate gate =
        new SideInputBatchGate(
            new RedistributeOperator(main),
            format,
            Steps.collection(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()), Duration.ZERO),
            () -> Long.MAX_VALUE);
    gate.open(context);
    gate.startBundle();
    makeReady(window(0));
    Batch batch = new Batch(format);
    for (int i = 0; i < ELEMENTS; i++) {
      add(batch, i);
      if (batch.isFull()) {
        gate.accept(batch);
        batch = new Batch(format);
      }
      assertThat(context.memory.used(), lessThanOrEqualTo(memory));
    }
    gate.accept(batch);
    assertThat(main.values(), hasSize(ELEMENTS / 3));
    assertThat(gate.hold(), is(10L));

    for (int window = 1; window <= 2; window++) {
      makeReady(window(window));
      gate.sideInputsChanged();
      while (!gate.release(slice(10_000))) {}
    }
    List<Object> released = main.values();
    assertThat(released, hasSize(ELEMENTS));
    for (int i = 0; i < ELEMENTS; i++) {
      int number = i % (ELEMENTS / 3) * 3 + i / (ELEMENTS / 3);
      assertThat(released.get(i), equalTo(KV.of(text(number), number)));
    }
    assertThat(gate.hold(), is(Long.MAX_VALUE));
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  private static void add(Batch batch, int number) {
    byte[] bytes = text(number).getBytes(StandardCharsets.UTF_8);
    byte[] encoded = new byte[bytes.length + 1];
    encoded[0] = (byte) bytes.length;
    System.arraycopy(bytes, 0, encoded, 1, bytes.length);
    ByteKey key = new ByteKey();
    key.set(encoded, 0, encoded.length);
    batch.addKeyed(
        null,
        key,
        key.hashCode(),
        number,
        at(10 * (number % 3)),
        window(number % 3),
        PaneInfo.NO_FIRING,
        null);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // coders of the test's own elements
  private static EdgeFormat encodedFormat() {
    return new EdgeFormat((Coder) StringUtf8Coder.of(), (Coder) VarIntCoder.of(), false, false);
  }
}
