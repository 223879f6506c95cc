package dev.trestle.runner.harness;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HarnessOperatorTest {

  private static final Collection NUMBERS =
      new Collection("numbers", VarLongCoder.of(), WindowingStrategy.globalDefault(), true);

  @TempDir Path directory;

  private final List<Runnable> steps = new ArrayList<>();
  private final FakeWorkers workers = FakeWorkers.simulated(steps::add, new Random(1));
  private final CollectingReceiver output = new CollectingReceiver();
  private final FakeOperatorContext context = new FakeOperatorContext();

  @AfterEach
  void close() {
    workers.close();
  }

  @Test
  void elementsComeBack() {
    HarnessOperator operator = open(context, 100, (element, calls) -> calls.output(0, element));
    accept(operator, 10);
    operator.flush();
    assertThat(output.values(), is(empty()));
    settle();
    assertThat(output.values(), is(numbers(10)));
    assertThat(output.elements().get(3).getTimestamp(), is(Instant.ofEpochMilli(3)));
    assertThat(output.windows().get(3), is(GlobalWindow.INSTANCE));
    assertThat(context.wakeups(), greaterThan(0));
  }

  @Test
  void nothingIsSentBeforeTheBundleIsLargeEnoughOrTheTaskRests() {
    HarnessOperator operator = open(context, 3, (element, calls) -> calls.output(0, element));
    accept(operator, 2);
    assertThat(workers.bundles(), is(empty()));
    work().rest();
    assertThat(workers.bundles(), hasSize(1));
    accept(operator, 7);
    assertThat(workers.bundles(), hasSize(3));
    work().rest();
    settle();
    assertThat("one is open", output.values(), hasSize(8));
    work().rest();
    settle();
    assertThat(output.values(), hasSize(9));
    assertThat(work().isOut(), is(false));
  }

  @Test
  void isFullWhileThreeBundlesAreOut() {
    HarnessOperator operator = open(context, 2, (element, calls) -> calls.output(0, element));
    accept(operator, 5);
    assertThat(work().isFull(), is(false));
    accept(operator, 1);
    assertThat(work().isFull(), is(true));
    settle();
    assertThat(work().isFull(), is(false));
    assertThat(output.values(), hasSize(6));
  }

  @Test
  void whatIsOutHoldsTheWatermark() {
    HarnessOperator operator = open(context, 2, (element, calls) -> calls.output(0, element));
    assertThat(operator.hold(), is(Long.MAX_VALUE));
    context.outputWatermark = 5;
    accept(operator, 1);
    context.outputWatermark = 7;
    accept(operator, 2);
    assertThat(operator.hold(), is(5L));
    operator.flush();
    runSteps();
    assertThat("it has not been handed on", operator.hold(), is(5L));
    settle();
    assertThat(operator.hold(), is(Long.MAX_VALUE));
  }

  @Test
  void aBurstWaitsOnDiskForItsTurn() {
    try (FakeOperatorContext little = new FakeOperatorContext(0, directory)) {
      HarnessOperator operator = open(little, 10_000, (element, calls) -> calls.output(0, element));
      accept(operator, 200_000);
      assertThat(workers.bundles(), hasSize(3));
      assertThat(little.spilled(), is(not(empty())));
      operator.flush();
      while (work(little).isOut()) {
        runSteps();
        deliver(little);
        work(little).rest();
      }
      assertThat(output.values().stream().sorted().toList(), is(numbers(200_000)));
      assertThat(little.spilled(), is(empty()));
      operator.close();
    }
  }

  @Test
  void whatCannotBeHandedOnWaitsOnDisk() {
    try (FakeOperatorContext little = new FakeOperatorContext(0, directory)) {
      HarnessOperator operator =
          open(
              little,
              100,
              (element, calls) -> {
                for (long i = 0; i < 100_000; i++) {
                  calls.output(0, element.withValue(i));
                }
              });
      accept(operator, 10);
      operator.flush();
      runSteps();
      work(little).attend();
      assertThat(little.spilled(), is(not(empty())));
      deliver(little);
      assertThat(output.values(), hasSize(1_000_000));
      assertThat(output.values().subList(0, 100_000), is(numbers(100_000)));
      assertThat(work(little).isOut(), is(false));
      operator.close();
    }
  }

  @Test
  void aSliceEndsInTheMiddleOfWhatHasCome() {
    HarnessOperator operator = open(context, 100, (element, calls) -> calls.output(0, element));
    accept(operator, 50);
    operator.flush();
    runSteps();
    Slice slice = new Slice();
    slice.restart(20, Long.MAX_VALUE);
    work().deliver(slice);
    assertThat(output.values(), is(numbers(20)));
    assertThat(work().hasArrived(), is(true));
    settle();
    assertThat(output.values(), is(numbers(50)));
  }

  @Test
  void failureHasTheWordsOfTheWorker() {
    HarnessOperator operator =
        open(
            context,
            100,
            (element, calls) -> {
              throw new IllegalStateException("no luck with " + element.getValue());
            });
    accept(operator, 1);
    operator.flush();
    runSteps();
    HarnessException failure = assertThrows(HarnessException.class, () -> work().attend());
    assertThat(failure.getMessage(), containsString("Elsewhere: "));
    assertThat(failure.getMessage(), containsString("no luck with 0"));
  }

  @Test
  void whoAsksForAnUnknownSideInputIsToldSo() {
    HarnessOperator operator =
        open(context, 100, (element, calls) -> calls.sideInput(0, GlobalWindow.INSTANCE));
    accept(operator, 1);
    operator.flush();
    HarnessException failure = assertThrows(HarnessException.class, this::settle);
    assertThat(failure.getMessage(), containsString("Elsewhere"));
  }

  @Test
  void closingAbandonsWhatIsOut() {
    HarnessOperator operator = open(context, 2, (element, calls) -> calls.output(0, element));
    accept(operator, 2);
    operator.close();
    assertThat(workers.bundles().get(0).isAbandoned(), is(true));
  }

  @Test
  void metricsAreThoseOfTheTransform() {
    HarnessOperator operator = open(context, 4, (element, calls) -> calls.output(0, element));
    accept(operator, 8);
    settle();
    assertThat(counted(), is(8L));
  }

  @Test
  void metricsAreToldWhileABundleGoesOn() {
    int many = 50_000; // more than fits a chunk
    HarnessOperator operator = open(context, many, (element, calls) -> {});
    assertThat("nothing is out", work().nextAttention(), is(Long.MAX_VALUE));
    accept(operator, many - 1);
    runSteps();
    assertThat(work().nextAttention(), is(greaterThan(context.now)));
    context.now = work().nextAttention();
    work().attend();
    work().attend();
    runSteps();
    deliver(context);
    long meanwhile = counted();
    assertThat(meanwhile, is(greaterThan(0L)));
    assertThat(meanwhile, is(lessThan((long) many - 1)));
    operator.flush();
    settle();
    assertThat(counted(), is((long) many - 1));
    assertThat("nothing is out", work().nextAttention(), is(Long.MAX_VALUE));
  }

  private long counted() {
    return context
        .metricsOf("Elsewhere")
        .getCounter(MetricName.named("harness", "elements"))
        .getCumulative();
  }

  @Test
  void bundlesAreFinalizedWhenTheyAreDurable() throws Exception {
    HarnessOperator operator = open(context, 1, (element, calls) -> calls.output(0, element));
    accept(operator, 1);
    settle();
    assertThat(workers.bundles().get(0).isFinalized(), is(false));
    assertThat(context.callbacks(), hasSize(1));
    context.callbacks().get(0).onBundleSuccess();
    assertThat(workers.bundles().get(0).isFinalized(), is(true));
  }

  private HarnessOperator open(FakeOperatorContext in, int bundleSize, HarnessFn fn) {
    Step.Harness step = Harnessed.step(new TransformName("id", "Elsewhere"), NUMBERS, fn);
    HarnessOperator operator =
        new HarnessOperator(
            new HarnessStep(
                step,
                List.of(new Node.Output("out", NUMBERS, List.of(), List.of())),
                List.of(output),
                new BundleSize(bundleSize, Long.MAX_VALUE),
                workers));
    in.open(operator);
    return operator;
  }

  private static void accept(HarnessOperator operator, int count) {
    operator.startBundle();
    for (long i = 0; i < count; i++) {
      operator.accept(i, Instant.ofEpochMilli(i), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
    }
    operator.finishBundle();
  }

  private static List<Long> numbers(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private void runSteps() {
    while (!steps.isEmpty()) {
      steps.remove(0).run();
    }
  }

  /** Lets workers and task go on, until neither has anything to do. */
  private void settle() {
    while (!steps.isEmpty() || work().hasArrived()) {
      runSteps();
      deliver(context);
    }
  }

  private static void deliver(FakeOperatorContext in) {
    Slice slice = new Slice();
    slice.restart(Integer.MAX_VALUE, Long.MAX_VALUE);
    work(in).deliver(slice);
  }

  private AsyncWork work() {
    return work(context);
  }

  private static AsyncWork work(FakeOperatorContext in) {
    return in.asyncWork().get(0);
  }
}
