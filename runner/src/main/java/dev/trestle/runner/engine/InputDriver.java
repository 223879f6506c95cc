package dev.trestle.runner.engine;

import dev.trestle.runner.exchange.Batch;
import dev.trestle.runner.exchange.SingleWriterChannel;
import dev.trestle.runner.exchange.StreamItem;
import dev.trestle.runner.operator.InputOperator;
import dev.trestle.runner.operator.Progress;
import dev.trestle.runner.operator.Slice;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Reads the channels of the stage's input edges, in turn, and keeps the task's input watermark. A
 * watermark takes effect when the operator has fired everything due at it; no element is read in
 * between.
 */
final class InputDriver implements Driver {

  private static final long END = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final long NONE = Long.MIN_VALUE;

  private final InputOperator root;
  private final SingleWriterChannel[] channels;
  private final WatermarkTracker watermarks;
  private final SideInputChannels sideInputs;
  private final WatermarkListener listener;
  private final SynchronizedTime synchronizedTime;

  /** Side inputs first, then {@link #channels}. */
  private final BarrierAligner aligner;

  /** The barrier that was asked for last. */
  private volatile long requested = NONE;

  private int next;

  /** The input watermark that all channels have reached. */
  private long reached = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** The input watermark up to which everything has fired. */
  private long fired = reached;

  /** Whether the operator gave up firing before its slice was used up: it waits for a timer. */
  private boolean waiting;

  /** Whether the root's own work used up the last slice, so that the input goes first now. */
  private boolean inputsTurn;

  /** Is told the input watermark before anything fires. */
  interface WatermarkListener {
    void inputWatermark(long millis);
  }

  InputDriver(
      InputOperator root,
      List<SingleWriterChannel> channels,
      SideInputChannels sideInputs,
      WatermarkListener listener,
      SynchronizedTime synchronizedTime,
      long restoredWatermark) {
    this.root = root;
    this.channels = channels.toArray(new SingleWriterChannel[0]);
    this.sideInputs = sideInputs;
    this.listener = listener;
    this.synchronizedTime = synchronizedTime;
    aligner = new BarrierAligner(sideInputs.size() + this.channels.length);
    watermarks = new WatermarkTracker(this.channels.length, restoredWatermark);
    reached = watermarks.reached();
  }

  @Override
  public boolean hasWork(long now) {
    return hasInput() || root.nextWakeup() <= now;
  }

  @Override
  public boolean hasInput() {
    if (sideInputs.hasWork(aligner)) {
      return true;
    }
    if (fired < reached) {
      return !waiting;
    }
    if (isBarrierDue()) {
      return true;
    }
    for (int i = 0; i < channels.length; i++) {
      if (!aligner.isBlocked(sideInputs.size() + i) && !channels[i].isEmpty()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void work(Slice slice, Bundle bundle) {
    sideInputs.work(slice, bundle, aligner);
    if (isBarrierDue()) {
      aligner.arriveByRequest(requested);
      return;
    }
    if (inputsTurn && hasInput()) {
      inputsTurn = false;
    } else if (root.nextWakeup() < Long.MAX_VALUE && !isEnding() && !isResuming()) {
      bundle.begin();
      if (root.advance(slice) == Progress.MADE) {
        waiting = false;
      }
      inputsTurn = slice.isUsedUp();
    }
    boolean read = false;
    while (!slice.isUsedUp() && !aligner.isAligned()) {
      if (fired < reached) {
        if (read) {
          return; // what the elements caused leaves the task before any timer fires
        }
        bundle.begin();
        listener.inputWatermark(reached);
        if (!root.advanceWatermark(reached, slice)) {
          waiting = !slice.isUsedUp();
          return;
        }
        fired = reached;
        waiting = false;
      }
      StreamItem item = poll();
      if (item == null) {
        if (!aligner.isAligning()) {
          synchronizedTime.allTakenIn();
        }
        return;
      }
      take(item, slice, bundle);
      read |= item instanceof Batch;
    }
  }

  /**
   * Whether the end of the input is known and comes next. A trigger on processing time that is due
   * has lost the race then: the last panes say all that it would. An operator whose timers must
   * fire before the end does not let the end pass until they have.
   */
  private boolean isEnding() {
    return reached >= END && isAboutToFire();
  }

  /** Whether the root has not been told yet how far the input was in the job's earlier life. */
  private boolean isResuming() {
    return fired == BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis() && fired < reached;
  }

  /** Whether a barrier is wanted that cannot come through an input any more. */
  private boolean isBarrierDue() {
    return aligner.isAhead(requested) && fired >= reached && aligner.allEnded();
  }

  @Override
  public void requestBarrier(long id) {
    requested = id;
  }

  @Override
  public SideInputChannels sideInputs() {
    return sideInputs;
  }

  private @Nullable StreamItem poll() {
    for (int i = channels.length; i > 0; i--) {
      next = next < channels.length - 1 ? next + 1 : 0;
      if (!aligner.isBlocked(sideInputs.size() + next)) {
        StreamItem item = channels[next].poll();
        if (item != null) {
          return item;
        }
      }
    }
    return null;
  }

  private void take(StreamItem item, Slice slice, Bundle bundle) {
    if (item instanceof Batch batch) {
      bundle.begin();
      int size = batch.size();
      watermarks.markActive(next);
      root.accept(batch);
      slice.spend(size);
    } else if (item instanceof StreamItem.Watermark watermark) {
      watermarks.advance(next, watermark.millis());
    } else if (item instanceof StreamItem.Idle) {
      watermarks.markIdle(next);
    } else if (item instanceof StreamItem.EndOfInput) {
      watermarks.end(next);
      aligner.end(sideInputs.size() + next);
    } else if (item instanceof StreamItem.Barrier barrier) {
      aligner.arrive(sideInputs.size() + next, barrier.id());
    } else {
      throw new IllegalStateException("Not an item of an input edge: " + item);
    }
    reached = watermarks.reached();
  }

  @Override
  public boolean isAboutToFire() {
    return fired < reached && !waiting;
  }

  @Override
  public BarrierAligner aligner() {
    return aligner;
  }

  @Override
  public long watermark() {
    return fired;
  }

  @Override
  public boolean isIdle() {
    return watermarks.isIdle()
        && fired >= reached
        && root.nextWakeup() == Long.MAX_VALUE
        && !sideInputs.isAwaited();
  }

  @Override
  public long nextWakeup() {
    return root.nextWakeup();
  }

  @Override
  public boolean isAtEnd() {
    return fired >= END;
  }

  @Override
  public void abandon() {
    sideInputs.abandon();
    for (SingleWriterChannel channel : channels) {
      channel.abandon();
    }
  }
}
