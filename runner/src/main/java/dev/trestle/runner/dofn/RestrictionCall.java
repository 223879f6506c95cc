package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Slice;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.fn.splittabledofn.RestrictionTrackers;
import org.apache.beam.sdk.fn.splittabledofn.RestrictionTrackers.ClaimObserver;
import org.apache.beam.sdk.transforms.DoFn.ProcessContinuation;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.SplitResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call of a splittable DoFn's {@code @ProcessElement}, and the split that ends it in time.
 *
 * <p>A restriction may take for ever; a turn may not. When the slice is used up, the restriction is
 * split right after the next successful {@code tryClaim}, on the same thread: the call finds every
 * further claim refused and returns, and what is left becomes a residual. Nothing is split before
 * the first claim, nor for some time after it when the time before it has used up the slice: a call
 * that first waits for another system (Kafka, for a fetch begun elsewhere) would get one position
 * done and wait again for the next. The residual takes over the watermark and the estimator's state
 * as they were before the split: no output of the rest is behind them.
 */
final class RestrictionCall implements ClaimObserver<Object> {

  /** How long a call may go on after its first claim, whatever the time before it. */
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Residual work;
  private final RestrictionTracker<Object, Object> tracker;
  private final WatermarkEstimator<Object> estimator;
  private final Slice slice;
  private @Nullable Residual residual;
  private boolean claimed;
  private long firstClaim;
  private boolean refused;

  RestrictionCall(
      Residual work,
      RestrictionTracker<Object, Object> tracker,
      WatermarkEstimator<Object> estimator,
      Slice slice) {
    this.work = work;
    this.tracker = RestrictionTrackers.observe(tracker, this);
    this.estimator = estimator;
    this.slice = slice;
  }

  /** The tracker for the user's code. */
  RestrictionTracker<Object, Object> tracker() {
    return tracker;
  }

  @Override
  public void onClaimed(Object position) {
    if (!claimed) {
      claimed = true;
      firstClaim = System.nanoTime();
    }
    slice.spend(1); // reads the clock: between two claims there may be a call to another system
    if (residual == null && slice.isUsedUp() && hasHadItsTurn()) {
      split();
    }
  }

  private boolean hasHadItsTurn() {
    return slice.left() <= 0 || System.nanoTime() - firstClaim >= LEAST_NANOS;
  }

  @Override
  public void onClaimFailed(Object position) {
    refused = true;
  }

  /**
   * Checks that an output belongs to something claimed: any other would come once for each part
   * that the restriction is split into.
   *
   * @throws IllegalStateException before the first claim, and after one that was refused
   */
  void checkMayOutput() {
    if (!claimed || refused) {
      throw new IllegalStateException(
          refused
              ? "A splittable DoFn must not output after tryClaim() has returned false"
              : "A splittable DoFn must not output before its first tryClaim()");
    }
  }

  private void split() {
    Instant watermark = estimator.currentWatermark();
    Object state = estimator.getState();
    SplitResult<Object> split = tracker.trySplit(0);
    if (split != null && split.getResidual() != null) {
      residual = work.with(split.getResidual(), state, watermark.getMillis());
    }
  }

  /**
   * Checks that all that was claimed has been done.
   *
   * @return what is left, or null where nothing is
   * @throws IllegalStateException where the user's code has left a part of the restriction undone
   */
  @Nullable Residual finish(ProcessContinuation continuation) {
    if (continuation.shouldResume() && residual == null) {
      split();
    }
    tracker.checkDone();
    return residual;
  }
}
