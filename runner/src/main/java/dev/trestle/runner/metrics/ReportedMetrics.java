package dev.trestle.runner.metrics;

import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.BoundedTrieData;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.GaugeData;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricUpdates.MetricUpdate;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.StringSetData;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.collect.Iterables;

/** Metrics as somebody else has reported or written them. */
public final class ReportedMetrics {

  private ReportedMetrics() {}

  /**
   * Reads metrics of a step. Those of a user get the names by which the user's code knows them, so
   * that they are equal to what is counted in this process; Beam allows that only for names with a
   * namespace. A gauge is as of now.
   *
   * <p>Histograms are not read: Beam lets nobody restore them.
   */
  public static MetricsContainerImpl read(String step, Iterable<MonitoringInfo> infos) {
    MetricsContainerImpl container = new MetricsContainerImpl(step);
    container.update(Iterables.transform(infos, ListedDistributions::read));
    return asNamedByUser(step, container.getCumulative());
  }

  private static MetricsContainerImpl asNamedByUser(String step, MetricUpdates read) {
    MetricsContainerImpl named = new MetricsContainerImpl(step);
    for (MetricUpdate<Long> each : read.counterUpdates()) {
      named.getCounter(name(each)).inc(each.getUpdate());
    }
    for (MetricUpdate<DistributionData> each : read.distributionUpdates()) {
      DistributionData data = each.getUpdate();
      named.getDistribution(name(each)).update(data.sum(), data.count(), data.min(), data.max());
    }
    for (MetricUpdate<GaugeData> each : read.gaugeUpdates()) {
      named.getGauge(name(each)).set(each.getUpdate().value());
    }
    for (MetricUpdate<StringSetData> each : read.stringSetUpdates()) {
      named.getStringSet(name(each)).add(each.getUpdate().stringSet().toArray(new String[0]));
    }
    for (MetricUpdate<BoundedTrieData> each : read.boundedTrieUpdates()) {
      named.getBoundedTrie(name(each)).update(each.getUpdate());
    }
    return named;
  }

  private static MetricName name(MetricUpdate<?> update) {
    MetricName name = update.getKey().metricName();
    boolean ofUser = name.getLabels().containsKey(MonitoringInfoConstants.Labels.NAME);
    return ofUser && !name.getNamespace().isEmpty()
        ? MetricName.named(name.getNamespace(), name.getName())
        : name;
  }
}
