package dev.trestle.runner.group;

import dev.trestle.runner.operator.OperatorContext;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Decides which elements come too late, and counts them, one for each window that an element is
 * dropped from, under the name that Beam gave the counter.
 */
final class Lateness {

  private static final MetricName DROPPED =
      MetricName.named(
          LateDataDroppingDoFnRunner.class, LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS);

  private final GroupingRules rules;
  private @Nullable Counter dropped;

  Lateness(GroupingRules rules) {
    this.rules = rules;
  }

  void open(OperatorContext context) {
    dropped = context.metrics().getCounter(DROPPED);
  }

  /** Whether an element has to be dropped from a window; if so it is counted. */
  boolean drops(BoundedWindow window, long watermark) {
    if (rules.expiry(window) >= watermark) {
      return false;
    }
    if (dropped != null) {
      dropped.inc();
    }
    return true;
  }
}
