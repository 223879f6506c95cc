package dev.trestle.runner.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardProtocols;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.TypeUrns;
import org.apache.beam.runners.core.metrics.MonitoringInfoEncodings;
import org.apache.beam.sdk.util.construction.BeamUrns;

/**
 * Metrics that are reported again and again, each time with all that has been counted so far: of a
 * bundle that goes on, or of many. What has been counted since the last report is found by
 * subtraction. Not thread safe.
 *
 * <p>The SDK for TypeScript reports of a bundle what has been counted in all bundles of the same
 * descriptor, as long as these come one after the other; it keeps counts side by side for bundles
 * that are out at the same time. So such a worker is given the bundles of a task one by one, under
 * a descriptor of the task's own.
 */
public final class CumulativeMetrics {

  private static final String SIBLINGS = BeamUrns.getUrn(StandardProtocols.Enum.SIBLING_WORKERS);

  /** Go's and Java's name for it, and Python's, which does the same. */
  private static final Set<String> PROGRESS =
      Set.of(
          BeamUrns.getUrn(StandardProtocols.Enum.PROGRESS_REPORTING),
          BeamUrns.getUrn(StandardProtocols.Enum.LEGACY_PROGRESS_REPORTING));

  private final Map<MonitoringInfo, Long> counters = new HashMap<>();
  private final Map<MonitoringInfo, DistributionData> distributions = new HashMap<>();

  /**
   * Whether the workers of an environment report those of many bundles at the end of each.
   * TypeScript does not name itself; no other SDK has workers that know of each other and do not
   * report progress.
   */
  public static boolean in(Environment environment) {
    return environment.getCapabilitiesList().contains(SIBLINGS) && !areToldMeanwhile(environment);
  }

  /** Whether the workers of an environment say, when asked, what a bundle has counted so far. */
  public static boolean areToldMeanwhile(Environment environment) {
    return environment.getCapabilitiesList().stream().anyMatch(PROGRESS::contains);
  }

  /** What has been counted since the last time. */
  public List<MonitoringInfo> increments(List<MonitoringInfo> reported) {
    List<MonitoringInfo> increments = new ArrayList<>();
    for (MonitoringInfo each : reported) {
      MonitoringInfo info = ListedDistributions.read(each);
      MonitoringInfo key = info.toBuilder().clearPayload().build();
      if (info.getType().equals(TypeUrns.SUM_INT64_TYPE)) {
        addCounter(info, key, increments);
      } else if (info.getType().equals(TypeUrns.DISTRIBUTION_INT64_TYPE)) {
        addDistribution(info, key, increments);
      } else {
        increments.add(each);
      }
    }
    return increments;
  }

  private void addCounter(MonitoringInfo info, MonitoringInfo key, List<MonitoringInfo> to) {
    long now = MonitoringInfoEncodings.decodeInt64Counter(info.getPayload());
    Long before = counters.put(key, now);
    to.add(
        key.toBuilder()
            .setPayload(
                MonitoringInfoEncodings.encodeInt64Counter(before == null ? now : now - before))
            .build());
  }

  /** The least and the greatest may be older ones: those have been told before. */
  private void addDistribution(MonitoringInfo info, MonitoringInfo key, List<MonitoringInfo> to) {
    DistributionData now = MonitoringInfoEncodings.decodeInt64Distribution(info.getPayload());
    DistributionData before = distributions.put(key, now);
    DistributionData since =
        before == null
            ? now
            : DistributionData.create(
                now.sum() - before.sum(), now.count() - before.count(), now.min(), now.max());
    if (since.count() > 0) {
      to.add(
          key.toBuilder()
              .setPayload(MonitoringInfoEncodings.encodeInt64Distribution(since))
              .build());
    }
  }
}
