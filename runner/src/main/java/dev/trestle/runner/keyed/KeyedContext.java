package dev.trestle.runner.keyed;

import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.runner.operator.RestoredState;
import dev.trestle.runner.operator.Slice;
import dev.trestle.runner.operator.SnapshotWriter;
import java.io.IOException;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * State, timers and watermark holds of one keyed operator in one task. A key is made current, then
 * {@link #state} and {@link #timers} speak of that key. Not thread safe; the task's thread calls.
 */
public interface KeyedContext extends AutoCloseable {

  /** Beam's way to say that a timer holds no watermark. */
  Instant NO_OUTPUT_TIMESTAMP = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  /**
   * Makes a key current.
   *
   * @param tableKey as {@code Batch.tableKey} gives it; copied where it has to be kept
   * @param keyHash as {@code Batch.keyHash} gives it
   */
  void setKey(Object tableKey, int keyHash);

  /** Whether it pays to {@link #announce} keys: not as long as all state is in memory. */
  boolean readsAhead();

  /**
   * Says that a key's state will soon be looked at, so that it can be read together with that of
   * others. Key and hash are as in {@link #setKey}; the current key stays what it is.
   *
   * @param window null for state that belongs to none
   */
  void announce(Object tableKey, int keyHash, @Nullable BoundedWindow window);

  /** Reads what has been announced and is not in memory. Nothing depends on this but speed. */
  void fetchAnnounced();

  /** The current key, decoded (once for a key as long as it stays current). */
  @Nullable Object key();

  /**
   * State of the current key. The same object always; watermark holds set in it count in hold().
   */
  StateInternals state();

  /** Timers of the current key. The same object always. */
  TimerInternals timers();

  /**
   * Fires event-time timers that {@code watermark} has passed, in order of time over all keys,
   * those included that firing sets. {@code timers().currentInputWatermarkTime()} is {@code
   * watermark} from the start.
   *
   * <p>A watermark has passed the times before it, not its own: elements of its own time may still
   * come, and Beam's triggers ask for a watermark after the end of the window. At the end of time,
   * {@code TIMESTAMP_MAX_VALUE} and beyond, it has passed all.
   *
   * @return whether all have fired; false when the slice was used up first
   */
  boolean fireEventTimers(long watermark, Slice slice, TimerHandler handler);

  /**
   * Fires processing-time timers of times before {@code now}, and those of synchronized processing
   * time that it has passed; as above.
   */
  boolean fireProcessingTimers(long now, Slice slice, TimerHandler handler);

  /**
   * The processing time, in milliseconds, before which timers are due when the watermark is to
   * advance. What is due comes first, for the watermark may end windows. At the end of time that is
   * all: nothing comes any more, and what waits would be lost. A drain does not wait for timers
   * that may be set again and again.
   */
  static long due(OperatorContext context, long watermark) {
    boolean end = watermark >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
    return end && !context.isDraining() ? Long.MAX_VALUE : context.clock().millis();
  }

  /**
   * The least {@code now} at which a timer of either processing-time domain fires, as far as that
   * is known; {@code Long.MAX_VALUE} for never, {@code Long.MIN_VALUE} for at once.
   */
  long nextProcessingTime();

  /**
   * The least of all watermark holds and of the output timestamps of pending timers, in
   * milliseconds; {@code Long.MAX_VALUE} for none. {@link TimerHolds} says which timers count.
   */
  long hold();

  /** Drops everything of the current key in a window: cells and timers. */
  void clearWindow(BoundedWindow window);

  /**
   * Writes holds of all keys, and timers as far as they are in memory; their state, and the other
   * timers, are the task's to write.
   *
   * @throws IOException if a coder fails
   */
  void snapshot(SnapshotWriter out) throws IOException;

  /** Takes back what {@link #snapshot} wrote, before anything else. */
  void restore(RestoredState from) throws IOException;

  /** Gives back the memory that timers take. Nothing else is called any more. */
  @Override
  void close();

  /** Makes the context of the one keyed operator of a task. */
  static KeyedContext create(
      OperatorContext context,
      @Nullable Coder<Object> keyCoder,
      boolean keyByObject,
      Coder<BoundedWindow> windowCoder) {
    return new StateAndTimers(context, keyCoder, keyByObject, windowCoder);
  }
}
