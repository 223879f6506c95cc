package dev.trestle.runner.sideinput;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyIterable;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** How long a step keeps its side inputs, and what becomes of an element that comes after that. */
class ViewLookupTest {

  private static final FixedWindows TENS = FixedWindows.of(Duration.millis(10));

  /** Windows of ten milliseconds; what a main-input window sees is the one before it. */
  private static final class Yesterday extends PartitioningWindowFn<Object, IntervalWindow> {

    private final long lookback;

    Yesterday(long lookback) {
      this.lookback = lookback;
    }

    @Override
    public IntervalWindow assignWindow(Instant timestamp) {
      return TENS.assignWindow(timestamp);
    }

    @Override
    public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
      return new WindowMappingFn<>(Duration.millis(lookback)) {
        @Override
        public IntervalWindow getSideInputWindow(BoundedWindow mainWindow) {
          return mainWindow instanceof GlobalWindow
              ? window(0)
              : assignWindow(mainWindow.maxTimestamp().minus(Duration.millis(10)));
        }
      };
    }

    @Override
    @SuppressWarnings("deprecation") // abstract all the same
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof Yesterday;
    }

    @Override
    public Coder<IntervalWindow> windowCoder() {
      return TENS.windowCoder();
    }
  }

  private static IntervalWindow window(int index) {
    return new IntervalWindow(Instant.ofEpochMilli(10L * index), Duration.millis(10));
  }

  private static PCollectionView<Iterable<String>> view(WindowFn<Object, IntervalWindow> windows) {
    return Pipeline.create()
        .apply(Create.of("x"))
        .apply(Window.into(windows))
        .apply(View.asIterable());
  }

  @SuppressWarnings("unchecked")
  private static BroadcastInput input() {
    return new BroadcastInput(
        (WindowingStrategy<?, BoundedWindow>) (WindowingStrategy<?, ?>) WindowingStrategy.of(TENS));
  }

  private static void fill(BroadcastInput input) {
    for (int i = 0; i < 10; i++) {
      input.accept(
          new ViewPane(window(i), new ViewContents(List.of("content " + i), StringUtf8Coder.of())));
    }
  }

  private static WindowingStrategy<?, ?> main(long lateness) {
    return WindowingStrategy.of(TENS).withAllowedLateness(Duration.millis(lateness));
  }

  private static ViewLookup lookup(
      BroadcastInput input, WindowingStrategy<?, ?> main, PCollectionView<?> view) {
    return ViewLookup.of("Enrich", main, List.of(ReadView.of(view)), List.of(input));
  }

  @Test
  void contentsAreKeptForMainWindowsThatHaveNotExpired() {
    BroadcastInput input = input();
    PCollectionView<Iterable<String>> view = view(new Yesterday(10));
    ViewLookup lookup = lookup(input, main(3), view);
    fill(input);
    // The main-input window 1, which ends at 19, reads window 0, which ends at 9.
    input.advanceMainWatermark(19 + 3);
    assertThat(lookup.isExpired(window(1)), is(false));
    assertThat(lookup.get(view, window(0)), contains("content 0"));
    assertThat(lookup.size(), is(10));
    input.advanceMainWatermark(19 + 3 + 1);
    assertThat(lookup.isExpired(window(1)), is(true));
    assertThat(lookup.size(), is(9));
  }

  @Test
  void stepsThatShareASideInputKeepItForEachOther() {
    BroadcastInput input = input();
    PCollectionView<Iterable<String>> far = view(new Yesterday(10));
    PCollectionView<Iterable<String>> near = view(TENS);
    ViewLookup farLookup = lookup(input, main(0), far);
    ViewLookup nearLookup = lookup(input, main(0), near);
    fill(input);
    input.advanceMainWatermark(15);
    assertThat(farLookup.isExpired(window(1)), is(false));
    assertThat(farLookup.get(far, window(0)), contains("content 0"));
    assertThat(nearLookup.isExpired(window(0)), is(false)); // too late, but it can be served
    assertThat(nearLookup.get(near, window(0)), contains("content 0"));
    input.advanceMainWatermark(20);
    assertThat(farLookup.isExpired(window(1)), is(true));
    assertThat(nearLookup.isExpired(window(0)), is(true));
  }

  @Test
  void mainInputInTheGlobalWindowKeepsEverything() {
    BroadcastInput input = input();
    PCollectionView<Iterable<String>> view = view(new Yesterday(0));
    ViewLookup lookup = lookup(input, WindowingStrategy.globalDefault(), view);
    fill(input);
    input.advanceMainWatermark(1_000_000);
    assertThat(lookup.size(), is(10));
    assertThat(lookup.isExpired(GlobalWindow.INSTANCE), is(false));
    assertThat(lookup.get(view, window(0)), contains("content 0"));
  }

  @Test
  void latenessWithoutBoundKeepsEverything() {
    BroadcastInput input = input();
    PCollectionView<Iterable<String>> view = view(new Yesterday(10));
    ViewLookup lookup = lookup(input, main(Long.MAX_VALUE), view);
    fill(input);
    input.advanceMainWatermark(1_000_000);
    assertThat(lookup.size(), is(10));
    assertThat(lookup.isExpired(window(1)), is(false));
  }

  @Test
  void windowThatNeverHadContentsIsEmpty() {
    BroadcastInput input = input();
    PCollectionView<Iterable<String>> view = view(TENS);
    ViewLookup lookup = lookup(input, main(0), view);
    input.advanceMainWatermark(9);
    assertThat(lookup.get(view, window(0)), emptyIterable());
  }

  @Test
  void mappingThatLooksBackFurtherThanItSaysIsNamed() {
    BroadcastInput input = input();
    PCollectionView<Iterable<String>> view = view(new Yesterday(0));
    ViewLookup lookup = lookup(input, main(0), view);
    fill(input);
    input.advanceMainWatermark(15);
    assertThat(lookup.isExpired(window(1)), is(false));
    assertThat(lookup.isReady(window(1)), is(true)); // it must not wait for ever
    Exception e = assertThrows(IllegalStateException.class, () -> lookup.get(view, window(0)));
    assertThat(
        e.getMessage(),
        allOf(
            containsString("Enrich"),
            containsString(Yesterday.class.getName()),
            containsString("maximumLookback")));
  }
}
