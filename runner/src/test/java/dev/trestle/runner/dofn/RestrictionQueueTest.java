package dev.trestle.runner.dofn;

import static dev.trestle.runner.dofn.Steps.at;
import static dev.trestle.runner.dofn.Steps.window;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.EdgeFormat;
import dev.trestle.runner.operator.FakeOperatorContext;
import dev.trestle.runner.operator.Metadata;
import dev.trestle.translation.graph.Collection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestrictionQueueTest {

  private static final Coder<?> SIZED =
      KvCoder.of(
          KvCoder.of(StringUtf8Coder.of(), KvCoder.of(VarIntCoder.of(), VarIntCoder.of())),
          DoubleCoder.of());

  private static final Collection INPUT = Steps.collection(SIZED, Duration.ZERO);

  @SuppressWarnings("unchecked") // the coder of the test's own elements
  private static final EdgeFormat FORMAT =
      new EdgeFormat(null, (Coder<Object>) SIZED, false, false);

  private static final PaneInfo EARLY = PaneInfo.createPane(true, false, Timing.EARLY);

  @TempDir Path directory;

  private static Residual residual(int number, long hold) {
    return new Residual("element", number, 7, at(3), window(0), EARLY, Metadata.DRAIN, hold);
  }

  private static Batch batch(Object windows, int... restrictions) {
    Batch batch = new Batch(FORMAT);
    for (int restriction : restrictions) {
      batch.add(
          KV.of(KV.of("element", KV.of(restriction, 7)), 1.0),
          at(restriction),
          windows,
          PaneInfo.NO_FIRING,
          null);
    }
    return batch;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2 << 20, 1 << 30})
  void residualsComeBackAsTheyWere(long memory) {
    FakeOperatorContext context = new FakeOperatorContext(memory, directory);
    RestrictionQueue queue = new RestrictionQueue(INPUT, FORMAT, false, context);
    int residuals = 50_000;
    for (int i = 0; i < residuals; i++) {
      queue.add(residual(i, residuals - i));
    }
    assertThat(context.spilled().isEmpty(), is(memory == 1 << 30));
    assertThat(queue.hold(), is(1L));
    for (int i = 0; i < residuals; i++) {
      assertThat(queue.poll(0), equalTo(residual(i, residuals - i)));
    }
    assertThat(queue.poll(0), is(nullValue()));
    assertThat(queue.hold(), is(Long.MAX_VALUE));
    assertThat(context.memory.used(), is(0L));
    assertThat(context.spilled(), is(empty()));
  }

  @Test
  void newElementsAndResidualsTakeTurns() {
    RestrictionQueue queue = new RestrictionQueue(INPUT, FORMAT, false, new FakeOperatorContext());
    queue.add(batch(window(0), 10, 11, 12));
    queue.add(residual(1, 5));
    queue.addDelayed(residual(2, 4), 100);
    assertThat(queue.hold(), is(4L));
    assertThat(restrictions(queue, 99), contains((Object) 1, 10, 11, 12));
    assertThat(queue.nextWakeup(), is(100L));
    assertThat(restrictions(queue, 100), contains((Object) 2));
  }

  @Test
  void elementInSeveralWindowsIsDoneForEach() {
    RestrictionQueue queue = new RestrictionQueue(INPUT, FORMAT, true, new FakeOperatorContext());
    queue.add(batch(List.of(window(0), window(1)), 10, 11));
    List<Object> windows = new ArrayList<>();
    for (Residual next = queue.poll(0); next != null; next = queue.poll(0)) {
      windows.add(next.windows());
      assertThat(queue.hold() < Long.MAX_VALUE, is(windows.size() < 4));
    }
    List<BoundedWindow> expected = List.of(window(0), window(1), window(0), window(1));
    assertThat(windows, equalTo(expected));
  }

  @Test
  void windowsOfWhatIsToBeDoneAreKnown() {
    RestrictionQueue queue = new RestrictionQueue(INPUT, FORMAT, true, new FakeOperatorContext());
    assertThat(queue.earliestWindowEnd(), is(Long.MAX_VALUE));
    queue.add(batch(List.of(window(2), window(1)), 10));
    queue.add(batch(window(1), 11));
    queue.add(residual(1, 500)); // in window 0, however far its watermark is
    queue.addDelayed(residual(2, 500), 100);
    assertThat(queue.earliestWindowEnd(), is(9L));
    assertThat(restrictions(queue, 99), hasSize(4));
    assertThat(queue.earliestWindowEnd(), is(9L));
    assertThat(restrictions(queue, 100), hasSize(1));
    assertThat(queue.earliestWindowEnd(), is(Long.MAX_VALUE));
  }

  @Test
  void windowIsKnownUntilItsLastElementIsDone() {
    RestrictionQueue queue = new RestrictionQueue(INPUT, FORMAT, true, new FakeOperatorContext());
    queue.add(batch(List.of(window(1), window(2)), 10, 11));
    long[] expected = {19, 19, 29};
    queue.poll(0);
    for (int i = 0; i < expected.length; i++) {
      assertThat(queue.earliestWindowEnd(), is(expected[i]));
      queue.poll(0);
    }
    assertThat(queue.earliestWindowEnd(), is(Long.MAX_VALUE));
  }

  private static List<Object> restrictions(RestrictionQueue queue, long now) {
    List<Object> restrictions = new ArrayList<>();
    for (Residual next = queue.poll(now); next != null; next = queue.poll(now)) {
      restrictions.add(next.restriction());
    }
    return restrictions;
  }
}
