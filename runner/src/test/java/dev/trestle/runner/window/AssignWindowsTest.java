package dev.trestle.runner.window;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.sameInstance;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.operator.CollectingReceiver;
import dev.trestle.runner.operator.Operator;
import dev.trestle.runner.operator.Windows;
import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.graph.TransformName;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.UserCodeException;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class AssignWindowsTest {

  private final CollectingReceiver output = new CollectingReceiver();

  private Operator operator(WindowFn<?, ?> windowFn) {
    return AssignWindows.create(
        new Step.AssignWindows(
            new TransformName("id", "Window"),
            new Collection("c", StringUtf8Coder.of(), WindowingStrategy.globalDefault(), true),
            windowFn),
        output);
  }

  private static void give(Operator operator, long millis) {
    operator.accept(
        "a", Instant.ofEpochMilli(millis), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING, null);
  }

  private Object last() {
    return output.windows().get(output.windows().size() - 1);
  }

  @Test
  void fixedWindowsAreBeams() {
    FixedWindows windowFn = FixedWindows.of(Duration.millis(10)).withOffset(Duration.millis(3));
    Operator operator = operator(windowFn);
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long millis = random.nextInt(400) - 200;
      give(operator, millis);
      assertThat(last(), equalTo(windowFn.assignWindow(Instant.ofEpochMilli(millis))));
    }
  }

  @Test
  void neighboursShareAFixedWindow() {
    Operator operator = operator(FixedWindows.of(Duration.millis(10)));
    give(operator, 11);
    give(operator, 19);
    assertThat(output.windows().get(0), sameInstance(output.windows().get(1)));
  }

  @Test
  void slidingWindowsAreBeams() {
    for (int size : new int[] {1, 3, 7, 10, 20, 25}) {
      SlidingWindows windowFn =
          SlidingWindows.of(Duration.millis(size))
              .every(Duration.millis(10))
              .withOffset(Duration.millis(4));
      Operator operator = operator(windowFn);
      Random random = new Random(size);
      for (int i = 0; i < 10_000; i++) {
        long millis = random.nextInt(2000) - 200;
        output.windows().clear();
        give(operator, millis);
        List<BoundedWindow> expected =
            List.copyOf(windowFn.assignWindows(Instant.ofEpochMilli(millis)));
        if (expected.isEmpty()) {
          assertThat(output.windows(), empty());
        } else {
          assertThat(List.copyOf(Windows.all(last())), equalTo(expected));
        }
      }
    }
  }

  @Test
  void elementsOfASliceShareTheirWindows() {
    Operator operator = operator(SlidingWindows.of(Duration.millis(20)).every(Duration.millis(10)));
    give(operator, 101);
    give(operator, 111);
    give(operator, 109);
    assertThat(output.windows().get(2), sameInstance(output.windows().get(0)));
    SlicedWindows slice = (SlicedWindows) output.windows().get(0);
    assertThat(slice.size(), equalTo(2));
  }

  @Test
  void slicesEndWhereWindowsEnd() {
    Operator operator = operator(SlidingWindows.of(Duration.millis(25)).every(Duration.millis(10)));
    give(operator, 104);
    give(operator, 105);
    SlicedWindows first = (SlicedWindows) output.windows().get(0);
    SlicedWindows second = (SlicedWindows) output.windows().get(1);
    assertThat(second.size(), lessThanOrEqualTo(first.size()));
    assertThat(first, not(equalTo(second)));
  }

  @Test
  void globalWindow() {
    give(operator(new GlobalWindows()), 5);
    assertThat(last(), sameInstance(GlobalWindow.INSTANCE));
  }

  @Test
  void otherWindowFnsAreAsked() {
    Sessions sessions = Sessions.withGapDuration(Duration.millis(10));
    give(operator(sessions), 5);
    assertThat(((BoundedWindow) last()).maxTimestamp(), equalTo(Instant.ofEpochMilli(14)));
  }

  /** Always fails. */
  private static final class Broken extends PartitioningWindowFn<Object, GlobalWindow> {
    @Override
    public GlobalWindow assignWindow(Instant timestamp) {
      throw new IllegalStateException("mine");
    }

    @Override
    @SuppressWarnings("deprecation") // to be implemented all the same
    public boolean isCompatible(WindowFn<?, ?> other) {
      return false;
    }

    @Override
    public org.apache.beam.sdk.coders.Coder<GlobalWindow> windowCoder() {
      return GlobalWindow.Coder.INSTANCE;
    }
  }

  @Test
  void failureOfAWindowFnIsTheUsers() {
    Operator operator = operator(new Broken());
    Exception e = assertThrows(UserCodeException.class, () -> give(operator, 5));
    assertThat(e.getCause(), instanceOf(IllegalStateException.class));
  }
}
