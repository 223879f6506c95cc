package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.slice;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import dev.trestle.translation.graph.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplittableParDoTest {

  @TempDir Path directory;

  private final FakeOperatorContext context = new FakeOperatorContext();
  private final CollectingReceiver main = new CollectingReceiver();

  private static final Coder<?> SIZED =
      KvCoder.of(
          KvCoder.of(
              VarIntCoder.of(),
              KvCoder.of(OffsetRange.Coder.of(), NullableCoder.of(InstantCoder.of()))),
          DoubleCoder.of());

  @SuppressWarnings("unchecked") // the coder of the test's own elements
  private static final EdgeFormat FORMAT = new EdgeFormat(null, (Coder<Object>) SIZED, false, true);

  /** Counts from 0 to the element, a millisecond each. */
  static class Count extends DoFn<Integer, Long> {
    @GetInitialRestriction
    public OffsetRange initial(@Element Integer element) {
      return new OffsetRange(0, element);
    }

    @SplitRestriction
    public void split(@Restriction OffsetRange range, OutputReceiver<OffsetRange> out) {
      out.output(new OffsetRange(range.getFrom(), range.getTo() / 2));
      out.output(new OffsetRange(range.getTo() / 2, range.getTo()));
    }

    @GetInitialWatermarkEstimatorState
    public Instant initialState(@Timestamp Instant timestamp) {
      return timestamp;
    }

    @NewWatermarkEstimator
    public WatermarkEstimators.Manual estimator(@WatermarkEstimatorState Instant state) {
      return new WatermarkEstimators.Manual(state);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        estimator.setWatermark(Instant.ofEpochMilli(i));
        out.outputWithTimestamp(i, Instant.ofEpochMilli(i));
      }
      return ProcessContinuation.stop();
    }
  }

  private ProcessSizedElementsOperator started(DoFn<?, ?> fn) {
    return started(fn, context);
  }

  private ProcessSizedElementsOperator started(DoFn<?, ?> fn, FakeOperatorContext task) {
    ProcessSizedElementsOperator operator =
        new ProcessSizedElementsOperator(
            new Step.ProcessSizedElements(
                Steps.NAME, Steps.collection(SIZED, Duration.ZERO), Steps.spec(fn, Map.of())),
            FORMAT,
            new Receiver[] {main});
    task.open(operator);
    operator.startBundle();
    return operator;
  }

  private static Batch batch(int... sizes) {
    Batch batch = new Batch(FORMAT);
    for (int size : sizes) {
      batch.add(
          KV.of(KV.of(size, KV.of(new OffsetRange(0, size), at(0))), (double) size),
          at(0),
          Steps.window(0),
          PaneInfo.NO_FIRING,
          null);
    }
    return batch;
  }

  @Test
  void pairsSplitsAndSizes() throws Exception {
    SplitAndSizeRestrictionsOperator split =
        new SplitAndSizeRestrictionsOperator(
            new Step.SplitAndSizeRestrictions(
                Steps.NAME, Steps.strings(), Steps.spec(new Count(), Map.of())),
            new Receiver[] {main});
    PairWithRestrictionOperator pair =
        new PairWithRestrictionOperator(
            new Step.PairWithRestriction(
                Steps.NAME, Steps.strings(), Steps.spec(new Count(), Map.of())),
            new Receiver[] {split});
    split.open(context);
    pair.open(context);
    split.startBundle();
    pair.startBundle();
    pair.accept(10, at(3), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
    pair.finishBundle();
    split.finishBundle();
    assertThat(
        main.values(),
        contains(
            (Object) KV.of(KV.of(10, KV.of(new OffsetRange(0, 5), at(3))), 5.0),
            KV.of(KV.of(10, KV.of(new OffsetRange(5, 10), at(3))), 5.0)));
  }

  @Test
  void smallRestrictionsAreProcessedAtOnce() {
    ProcessSizedElementsOperator operator = started(new Count());
    operator.accept(batch(2, 3));
    assertThat(main.values(), contains((Object) 0L, 1L, 0L, 1L, 2L));
    assertThat(operator.hold(), equalTo(Long.MAX_VALUE));
    assertThat(operator.nextWakeup(), equalTo(Long.MAX_VALUE));
  }

  @Test
  void largeRestrictionIsProcessedInSlicesAndHoldsTheWatermark() {
    ProcessSizedElementsOperator operator = started(new Count());
    operator.accept(batch(1_000_000));
    int first = main.values().size();
    assertThat(first, greaterThan(1));
    assertThat(first, lessThan(1_000_000));
    assertThat(operator.hold(), equalTo((long) first - 2));
    assertThat(operator.nextWakeup(), equalTo(Long.MIN_VALUE));

    assertThat(operator.advance(slice(100)), is(Progress.MADE));
    assertThat(main.values().size(), lessThan(first + 101));
    while (operator.advance(slice(500_000)) == Progress.MADE) {
      assertThat(operator.hold(), greaterThan((long) first - 2));
    }
    assertThat(main.values().size(), equalTo(1_000_000));
    assertThat(main.values().get(999_999), equalTo(999_999L));
    assertThat(operator.hold(), equalTo(Long.MAX_VALUE));
  }

  @Test
  void elementsThatWaitHoldTheWatermark() {
    ProcessSizedElementsOperator operator = started(new Count());
    operator.accept(batch(1_000_000));
    operator.accept(batch(3));
    assertThat(operator.hold(), equalTo(0L));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 30})
  void manyRestrictionsWaitWithinTheBudget(long memory) {
    FakeOperatorContext small = new FakeOperatorContext(memory, directory);
    ProcessSizedElementsOperator operator = started(new Count(), small);
    operator.accept(batch(1_000_000)); // keeps the operator busy
    int elements = 30_000;
    for (int i = 0; i < elements; i++) {
      operator.accept(batch(10));
    }
    assertThat(small.spilled().isEmpty(), is(memory > 0));
    while (operator.nextWakeup() == Long.MIN_VALUE) {
      operator.advance(slice(50)); // leaves residuals of the many, too
      assertThat(small.memory.used(), lessThanOrEqualTo(memory));
    }
    assertThat(main.elements().size(), equalTo(1_000_000 + 10 * elements));
    assertThat(operator.hold(), equalTo(Long.MAX_VALUE));
    assertThat(small.memory.used(), is(0L));
    assertThat(small.spilled(), is(empty()));
  }

  @Test
  void closingGivesBackWhatRestrictionsStillTake() {
    FakeOperatorContext small = new FakeOperatorContext(4 << 20, directory);
    ProcessSizedElementsOperator operator = started(new Count(), small);
    operator.accept(batch(1_000_000));
    for (int i = 0; i < 60_000; i++) {
      operator.accept(batch(10));
    }
    operator.close();
    assertThat(small.memory.used(), is(0L));
    assertThat(small.spilled(), is(empty()));
  }

  /** Does one position a call, then asks for a second's rest. */
  static class Polling extends DoFn<Integer, Long> {
    @GetInitialRestriction
    public OffsetRange initial(@Element Integer element) {
      return new OffsetRange(0, element);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      long position = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(position)) {
        return ProcessContinuation.stop();
      }
      out.output(position);
      return ProcessContinuation.resume().withResumeDelay(Duration.standardSeconds(1));
    }
  }

  @Test
  void resumeDelayIsRespected() {
    ProcessSizedElementsOperator operator = started(new Polling());
    operator.accept(batch(3));
    assertThat(main.values(), contains((Object) 0L));
    assertThat(operator.nextWakeup(), equalTo(1000L));
    context.now = 999;
    assertThat(operator.advance(slice()), is(Progress.NONE));
    context.now = 1000;
    assertThat(operator.advance(slice()), is(Progress.MADE));
    assertThat(main.values(), contains((Object) 0L, 1L));
    context.now = 2000;
    operator.advance(slice());
    context.now = 3000;
    operator.advance(slice());
    assertThat(main.values(), contains((Object) 0L, 1L, 2L));
    assertThat(operator.nextWakeup(), equalTo(Long.MAX_VALUE));
  }

  static class Lazy extends Polling {
    @Override
    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      tracker.tryClaim(0L);
      return ProcessContinuation.stop();
    }
  }

  @Test
  void undoneRestrictionIsTheUsersError() {
    ProcessSizedElementsOperator operator = started(new Lazy());
    assertThrows(UserCodeException.class, () -> operator.accept(batch(3)));
  }

  /** Outputs around its claims. */
  static final class Eager extends DoFn<Integer, Long> {
    private final boolean before;

    Eager(boolean before) {
      this.before = before;
    }

    @GetInitialRestriction
    public OffsetRange initial(@Element Integer element) {
      return new OffsetRange(0, element);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      if (before) {
        out.output(-1L);
      }
      long next = tracker.currentRestriction().getFrom();
      while (tracker.tryClaim(next)) {
        next++;
      }
      out.output(next);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void outputOfNothingClaimedIsTheUsersError(boolean before) {
    ProcessSizedElementsOperator operator = started(new Eager(before));
    UserCodeException error =
        assertThrows(UserCodeException.class, () -> operator.accept(batch(3)));
    assertThat(
        error.getCause().getMessage(), containsString(before ? "before its first" : "after"));
  }

  @Test
  void restrictionsShareTheTask() {
    ProcessSizedElementsOperator operator = started(new Count());
    operator.accept(batch(1_000_000, 1_000_000));
    for (int i = 0; i < 10; i++) {
      operator.advance(slice(100));
    }
    List<Object> starts = new ArrayList<>(main.values());
    assertThat(starts.stream().filter(value -> value.equals(0L)).count(), equalTo(2L));
  }

  @Test
  void timeBeforeTheFirstClaimDoesNotCost() {
    ProcessSizedElementsOperator operator = started(new Count());
    operator.accept(batch(1_000_000));
    int calls = 0;
    int before = main.values().size();
    do { // a pause of the JVM may cut one short
      Slice late = new Slice();
      late.restart(1000, System.nanoTime());
      operator.advance(late);
      calls++;
    } while (main.values().size() - before == calls && calls < 100);
    assertThat(main.values().size() - before, greaterThan(calls));
  }

  /** Finds nothing to claim, for how long it may have waited. */
  static final class Waits extends Count {
    static int calls;

    @Override
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<Long> out) {
      calls++;
      return ProcessContinuation.resume();
    }
  }

  @Test
  void callThatUsesUpTheTimeIsTheLastOfItsTurn() {
    ProcessSizedElementsOperator operator = started(new Waits());
    operator.accept(batch(1, 1, 1));
    Waits.calls = 0;
    Slice late = new Slice();
    late.restart(1000, System.nanoTime());
    operator.advance(late);
    assertThat(Waits.calls, equalTo(1));
  }
}
