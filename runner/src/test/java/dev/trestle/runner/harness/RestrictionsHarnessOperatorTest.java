package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.AsyncWork;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Node;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RestrictionsHarnessOperatorTest {

  private static final Collection INPUT =
      new Collection(
          "input",
          KvCoder.of(
              KvCoder.of(VarLongCoder.of(), KvCoder.of(OffsetRange.Coder.of(), VoidCoder.of())),
              DoubleCoder.of()),
          WindowingStrategy.globalDefault(),
          false);

  private static final Collection OUTPUT =
      new Collection("output", VarLongCoder.of(), WindowingStrategy.globalDefault(), false);

  @TempDir Path directory;

  private final Places places = new Places(2);
  private Collection outputs = OUTPUT;
  private final List<Runnable> steps = new ArrayList<>();
  private final CollectingReceiver output = new CollectingReceiver();
  private FakeWorkers workers;
  private FakeOperatorContext context;
  private RestrictionsHarnessOperator operator;

  @BeforeEach
  void prepare() {
    context = new FakeOperatorContext(1 << 24, directory);
    open(1);
  }

  @AfterEach
  void close() {
    operator.close();
    context.close();
    workers.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyPositionIsDoneOnceHoweverOftenTheWorkerPutsTheRestOff(long seed) {
    operator.close();
    open(seed);
    give(0, 20);
    give(100, 30);
    finish();
    assertThat(sorted(), is(numbers(0, 20, 100, 130)));
    assertThat(operator.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void whatIsNotDoneHoldsTheWatermark() {
    give(0, 20);
    assertThat(operator.hold(), is(5L));
    finish();
    assertThat(operator.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void aBarrierHasTheWorkerLeaveTheRest() {
    give(0, 1000);
    runSteps(50);
    work().hasten();
    untilNothingIsOut();
    assertThat(output.values().size(), is(lessThan(1000)));
    assertThat("the rest", operator.nextWakeup(), is(not(Long.MAX_VALUE)));
    finish();
    assertThat(sorted(), is(numbers(0, 1000)));
  }

  @Test
  void aBundleThatIsOutForLongIsSplit() {
    give(0, 1000);
    assertThat(work().nextAttention(), is(500L));
    runSteps(10);
    work().attend();
    runSteps(10);
    context.now = 500;
    untilNothingIsOut();
    assertThat(output.values().size(), is(lessThan(1000)));
    finish();
    assertThat(sorted(), is(numbers(0, 1000)));
  }

  @Test
  void whatASplitLeavesIsNotBegunBeforeItsBundleHasEnded() {
    give(0, 1000);
    work().hasten();
    while (work().isOut()) {
      assertThat("nothing to begin", operator.nextWakeup(), is(Long.MAX_VALUE));
      turn(1);
    }
    assertThat("the rest", operator.nextWakeup(), is(not(Long.MAX_VALUE)));
    assertThat(output.values(), is(empty()));
  }

  @Test
  void theRestOutlivesTheProcess() throws Exception {
    give(0, 500);
    give(1000, 500);
    runSteps(50);
    work().hasten();
    untilNothingIsOut();
    context.restart(operator);
    context.asyncWork().clear();
    open(3);
    finish();
    assertThat(sorted(), is(numbers(0, 500, 1000, 1500)));
  }

  @Test
  void aDrainDoesWhatTruncationLeaves() {
    give(0, 1_000_000);
    runSteps(200);
    context.draining = true;
    give(2_000_000, 1_000_000);
    finish();
    List<Object> done = sorted();
    int before = done.indexOf(2_000_000L);
    assertThat(before, is(greaterThan(0)));
    assertThat(done, is(numbers(0, before, 2_000_000, 2_000_002)));
    assertThat(operator.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void aBundleThatNeedNotBeInterruptedIsSharedOut() {
    openBounded();
    give(0, 1000);
    assertThat(work().nextAttention(), is(500L));
    context.now = 500;
    work().attend();
    runSteps(1);
    deliver();
    assertThat("half of it", operator.nextWakeup(), is(not(Long.MAX_VALUE)));
    operator.advance(new Slice());
    assertThat(workers.bundles().size(), is(2));
    finish();
    assertThat(sorted(), is(numbers(0, 1000)));
  }

  @Test
  void aBundleIsNotSharedOutWhileThereIsOtherWork() {
    openBounded();
    for (int i = 0; i < 4; i++) {
      give(i * 1000, 1000);
    }
    assertThat("full", work().isFull(), is(true));
    context.now = 500;
    work().attend();
    assertThat(work().nextAttention(), is(1000L));
  }

  @Test
  void aBundleIsNotSharedOutWhileTheOtherTasksAreBusy() {
    openBounded();
    places.take(1);
    give(0, 1000);
    context.now = 500;
    work().attend();
    runSteps(1);
    deliver();
    assertThat("nothing is left over", operator.nextWakeup(), is(Long.MAX_VALUE));
    assertThat(work().nextAttention(), is(1000L));
    finish();
    assertThat(sorted(), is(numbers(0, 1000)));
  }

  @Test
  void whatWaitsGoesToATaskThatHasNothing() {
    openBounded();
    give(0, 1000);
    give(1000, 1000);
    assertThat("its own place is taken", workers.bundles().size(), is(1));
    context.now = 500;
    operator.advance(new Slice());
    assertThat(workers.bundles().size(), is(2));
    assertThat(places.anyFree(), is(false));
    finish();
    assertThat(sorted(), is(numbers(0, 2000)));
    assertThat("given back", List.of(places.borrow(), places.borrow()), is(List.of(0, 1)));
  }

  @Test
  void whatIsGivenUpGivesItsPlacesBack() {
    openBounded();
    give(0, 1000);
    operator.close();
    assertThat(List.of(places.borrow(), places.borrow(), places.borrow()), is(List.of(0, 1, -1)));
  }

  private void openBounded() {
    operator.close();
    outputs = new Collection("output", VarLongCoder.of(), WindowingStrategy.globalDefault(), true);
    open(1);
  }

  @Test
  void nothingIsOutAtFirst() {
    assertThat(work().isOut(), is(false));
    assertThat(output.values(), is(empty()));
    assertThat(work().nextAttention(), is(Long.MAX_VALUE));
  }

  @SuppressWarnings("unchecked") // elements fit their coders
  private void open(long seed) {
    workers = FakeWorkers.simulated(steps::add, new Random(seed));
    context.asyncWork().clear();
    Step.Harness step =
        Harnessed.splittableStep(
            new TransformName("id", "Elsewhere"),
            INPUT,
            List.of(outputs),
            (element, position, calls) ->
                calls.output(0, element.withValue((Long) element.getValue() + position)));
    operator =
        new RestrictionsHarnessOperator(
            new HarnessStep(
                step,
                List.of(new Node.Output("out", outputs, List.of(), List.of())),
                List.of(output),
                new BundleSize(100, Long.MAX_VALUE),
                workers),
            format(),
            places);
    context.open(operator);
  }

  @SuppressWarnings("unchecked") // elements fit their coders
  private static EdgeFormat format() {
    return new EdgeFormat(null, (Coder<Object>) (Coder<?>) INPUT.coder(), false, false);
  }

  /** An element whose positions put out the numbers from its own on. */
  private void give(long first, long positions) {
    Batch batch = new Batch(format());
    batch.add(
        KV.of(KV.of(first, KV.of(new OffsetRange(0, positions), null)), 1.0),
        Instant.ofEpochMilli(5),
        GlobalWindow.INSTANCE,
        PaneInfo.NO_FIRING,
        null);
    operator.accept(batch);
  }

  private void runSteps(int most) {
    for (int i = 0; i < most && !steps.isEmpty(); i++) {
      steps.remove(0).run();
    }
  }

  private void untilNothingIsOut() {
    while (context.asyncWork().stream().anyMatch(AsyncWork::isOut)) {
      turn(20);
    }
  }

  private void turn(int steps) {
    runSteps(steps);
    deliver();
  }

  private void deliver() {
    for (AsyncWork work : context.asyncWork()) {
      work.attend();
      Slice slice = new Slice();
      slice.restart(Integer.MAX_VALUE, Long.MAX_VALUE);
      work.deliver(slice);
    }
  }

  /** Goes on until there is nothing to do any more. */
  private void finish() {
    while (operator.nextWakeup() < Long.MAX_VALUE
        || context.asyncWork().stream().anyMatch(AsyncWork::isOut)) {
      long wakeup = operator.nextWakeup();
      if (wakeup < Long.MAX_VALUE) {
        context.now = Math.max(context.now, wakeup);
        operator.advance(new Slice());
      }
      turn(20);
    }
  }

  private List<Object> sorted() {
    return output.values().stream().sorted().toList();
  }

  /** The numbers of ranges, each from a first one to before another. */
  private static List<Object> numbers(long... bounds) {
    List<Object> numbers = new ArrayList<>();
    for (int i = 0; i < bounds.length; i += 2) {
      LongStream.range(bounds[i], bounds[i + 1]).forEach(numbers::add);
    }
    return numbers;
  }

  private AsyncWork work() {
    return context.asyncWork().get(0);
  }
}
