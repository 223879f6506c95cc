package dev.trestle.runner.dofn;

import dev.trestle.runner.operator.Receiver;
import dev.trestle.runner.operator.Slice;
import org.apache.beam.sdk.transforms.splittabledofn.TimestampObservingWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Sees every output of a splittable DoFn before it is handed on: it uses up the slice, some
 * watermark estimators follow the timestamps, and it must be of something that was claimed.
 */
final class OutputObserver {

  private Slice slice = new Slice();
  private @Nullable TimestampObservingWatermarkEstimator<?> estimator;
  private @Nullable RestrictionCall call;

  /** Says which call, with its estimator and slice, the next outputs come from. */
  void observe(RestrictionCall newCall, WatermarkEstimator<?> newEstimator, Slice newSlice) {
    call = newCall;
    estimator =
        newEstimator instanceof TimestampObservingWatermarkEstimator<?> observing
            ? observing
            : null;
    slice = newSlice;
  }

  private void onOutput(Instant timestamp) {
    if (call != null) {
      call.checkMayOutput();
    }
    slice.spend();
    if (estimator != null) {
      estimator.observeTimestamp(timestamp);
    }
  }

  /** Receivers that do this and hand on. */
  Receiver[] inFrontOf(Receiver[] receivers) {
    Receiver[] observed = new Receiver[receivers.length];
    for (int i = 0; i < observed.length; i++) {
      Receiver receiver = receivers[i];
      observed[i] =
          (value, timestamp, windows, pane, metadata) -> {
            onOutput(timestamp);
            receiver.accept(value, timestamp, windows, pane, metadata);
          };
    }
    return observed;
  }
}
