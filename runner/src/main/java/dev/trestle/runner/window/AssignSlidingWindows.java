package dev.trestle.runner.window;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.StatelessOperator;
import dev.trestle.runner.operator.Windows;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Assigns sliding windows, slice by slice. The windows of recent slices are kept in a direct-mapped
 * cache, so that elements of a slice share one {@link SlicedWindows}.
 *
 * <p>Windows begin at {@code offset + k * period} and end at {@code offset + k * period + size}; a
 * slice lies between two neighbours of these points.
 */
final class AssignSlidingWindows extends StatelessOperator {

  /** A power of two. Late and early elements touch a few slices besides the current one. */
  private static final int CACHED_SLICES = 64;

  /**
   * A slice.
   *
   * @param start its first millisecond
   * @param end the first millisecond after it
   * @param windows in flat form; null where it has none
   */
  private record Slice(long start, long end, @Nullable Object windows) {}

  private final SlidingWindows windowFn;
  private final Receiver output;
  private final long period;
  private final long offset;
  private final long endOffset;
  private final long sliceGrain;
  private final long firstRegularMillis;
  private final @Nullable Slice[] cache = new @Nullable Slice[CACHED_SLICES];
  private Slice last = new Slice(0, 0, null);

  AssignSlidingWindows(SlidingWindows windowFn, Receiver output) {
    this.windowFn = windowFn;
    this.output = output;
    period = windowFn.getPeriod().getMillis();
    offset = windowFn.getOffset().getMillis();
    endOffset = offset + windowFn.getSize().getMillis() % period;
    sliceGrain = endOffset == offset ? period : Math.max(1, period / 2);
    firstRegularMillis = offset - period;
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    Object assigned = windowsAt(timestamp);
    if (assigned != null) {
      output.accept(value, timestamp, assigned, pane, metadata);
    }
  }

  /** The windows at a time; null in the gaps that there are where the period exceeds the size. */
  private @Nullable Object windowsAt(Instant timestamp) {
    long millis = timestamp.getMillis();
    if (millis >= last.start && millis < last.end) {
      return last.windows;
    }
    // Long before 1970 Beam's arithmetic rounds the other way, and windows are irregular.
    if (millis < firstRegularMillis) {
      Collection<IntervalWindow> windows = windowFn.assignWindows(timestamp);
      return windows.isEmpty() ? null : Windows.flat(windows);
    }
    long start = millis - Math.min(since(offset, millis), since(endOffset, millis));
    int slot = (int) Math.floorDiv(start, sliceGrain) & (CACHED_SLICES - 1);
    Slice slice = cache[slot];
    if (slice == null || slice.start != start) {
      slice = slice(start, windowFn.assignWindows(timestamp));
      cache[slot] = slice;
    }
    last = slice;
    return slice.windows;
  }

  /** How long before {@code millis} the last of the points {@code base + k * period} was. */
  private long since(long base, long millis) {
    return Math.floorMod(millis - base, period);
  }

  private Slice slice(long start, Collection<IntervalWindow> windows) {
    long end = start + period - Math.max(since(offset, start), since(endOffset, start));
    return switch (windows.size()) {
      case 0 -> new Slice(start, end, null);
      case 1 -> new Slice(start, end, windows.iterator().next());
      default -> new Slice(start, end, new SlicedWindows(windows));
    };
  }
}
