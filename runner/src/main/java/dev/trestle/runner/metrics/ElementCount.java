package dev.trestle.runner.metrics;

import dev.trestle.runner.operator.Metadata;
import dev.trestle.runner.operator.Receiver;
import java.util.Map;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts the elements of a collection that a task reads from outside, in Beam's metric for it. The
 * count goes into the metric once a bundle; an element costs an addition. Belongs to the task's
 * owner.
 */
public final class ElementCount implements Receiver {

  private final Receiver next;
  private final Counter counter;
  private long counted;

  /**
   * A count.
   *
   * @param collection its id in the pipeline proto
   * @param next takes the elements
   */
  public ElementCount(MetricsContainer metrics, String collection, Receiver next) {
    this.next = next;
    counter =
        metrics.getCounter(
            MonitoringInfoMetricName.named(
                MonitoringInfoConstants.Urns.ELEMENT_COUNT,
                Map.of(MonitoringInfoConstants.Labels.PCOLLECTION, collection)));
  }

  @Override
  public void accept(
      @Nullable Object value,
      Instant timestamp,
      Object windows,
      PaneInfo pane,
      @Nullable Metadata metadata) {
    counted++;
    next.accept(value, timestamp, windows, pane, metadata);
  }

  /** Brings the metric up to date. */
  public void publish() {
    if (counted > 0) {
      counter.inc(counted);
      counted = 0;
    }
  }
}
