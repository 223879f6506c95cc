package dev.trestle.runner.keyed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Elements of a {@code @RequiresTimeSortedInput} DoFn, kept in keyed state until the watermark says
 * that nothing earlier can come. Works on the current key.
 */
public final class SortBuffer {

  private static final String FLUSH_TIMER = "__StatefulParDoSortFlushTimerId";

  private final KeyedContext keyed;
  private final Duration allowedLateness;
  private final StateTag<BagState<WindowedValue<Object>>> elementsTag;
  private final StateTag<ValueState<Instant>> earliestTag =
      StateTags.makeSystemTagInternal(StateTags.value("sortBufferMinStamp", InstantCoder.of()));

  /**
   * A buffer.
   *
   * @param allowedLateness of the input
   */
  public SortBuffer(
      KeyedContext keyed,
      Duration allowedLateness,
      Coder<Object> elementCoder,
      Coder<BoundedWindow> windowCoder) {
    this.keyed = keyed;
    this.allowedLateness = allowedLateness;
    elementsTag =
        StateTags.makeSystemTagInternal(
            StateTags.bag("sortBuffer", WindowedValues.getFullCoder(elementCoder, windowCoder)));
  }

  /** Whether an element comes after those that should follow it may have been processed. */
  public boolean isTooLate(Instant timestamp) {
    return keyed.timers().currentInputWatermarkTime().isAfter(timestamp.plus(allowedLateness));
  }

  /** Keeps an element of the current key until it is its turn. */
  public void add(WindowedValue<Object> element, WindowScope scope) {
    keyed.state().state(scope.namespace(), elementsTag).add(element);
    ValueState<Instant> earliest = keyed.state().state(scope.namespace(), earliestTag);
    Instant before = earliest.read();
    if (before == null || element.getTimestamp().isBefore(before)) {
      earliest.write(element.getTimestamp());
      setFlushTimer(element.getTimestamp(), scope);
    }
  }

  /** Whether a timer says that it is somebody's turn. */
  public static boolean isFlush(TimerData timer) {
    return timer.getTimerId().equals(FLUSH_TIMER);
  }

  /** Hands on the elements at or before {@code until}, in order of time. */
  public void flush(Instant until, WindowScope scope, Consumer<WindowedValue<Object>> consumer) {
    BagState<WindowedValue<Object>> elements = keyed.state().state(scope.namespace(), elementsTag);
    ValueState<Instant> earliest = keyed.state().state(scope.namespace(), earliestTag);
    List<WindowedValue<Object>> due = new ArrayList<>();
    List<WindowedValue<Object>> keep = new ArrayList<>();
    for (WindowedValue<Object> element : elements.read()) {
      (element.getTimestamp().isAfter(until) ? keep : due).add(element);
    }
    elements.clear();
    keep.forEach(elements::add);
    due.sort(Comparator.comparing(WindowedValue::getTimestamp));
    due.forEach(consumer);
    if (keep.isEmpty()) {
      earliest.clear();
      return;
    }
    Instant next =
        keep.stream().map(WindowedValue::getTimestamp).min(Comparator.naturalOrder()).orElseThrow();
    earliest.write(next);
    setFlushTimer(next, scope);
  }

  /** The timer's output timestamp holds the watermark for the elements. */
  private void setFlushTimer(Instant earliest, WindowScope scope) {
    Instant due = earliest.plus(allowedLateness);
    keyed
        .timers()
        .setTimer(
            scope.namespace(),
            FLUSH_TIMER,
            FLUSH_TIMER,
            due.isAfter(scope.expiry()) ? scope.expiry() : due,
            earliest,
            TimeDomain.EVENT_TIME);
  }
}
