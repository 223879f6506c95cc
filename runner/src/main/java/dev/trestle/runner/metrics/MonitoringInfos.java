package dev.trestle.runner.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.DefaultMetricResults;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.GaugeData;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.TypeUrns;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Urns;
import org.apache.beam.runners.core.metrics.MonitoringInfoEncodings;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.runners.core.metrics.StringSetData;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.GaugeResult;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.StringSetResult;
import org.apache.beam.sdk.util.HistogramData;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Metrics as the job API has them: attempted and committed ones apart, each with its kind, its
 * labels and its encoded value. The label for a transform is its full name.
 */
public final class MonitoringInfos {

  /**
   * A kind of metric.
   *
   * @param urn of those that users make
   * @param type by which those are told that Beam makes
   */
  private record Kind<T>(
      String urn, String type, Function<T, ByteString> encoder, Function<ByteString, T> decoder) {}

  private static final Kind<Long> COUNTER =
      new Kind<>(
          Urns.USER_SUM_INT64,
          TypeUrns.SUM_INT64_TYPE,
          MonitoringInfoEncodings::encodeInt64Counter,
          MonitoringInfoEncodings::decodeInt64Counter);

  private static final Kind<DistributionResult> DISTRIBUTION =
      new Kind<>(
          Urns.USER_DISTRIBUTION_INT64,
          TypeUrns.DISTRIBUTION_INT64_TYPE,
          value ->
              MonitoringInfoEncodings.encodeInt64Distribution(
                  DistributionData.create(
                      value.getSum(), value.getCount(), value.getMin(), value.getMax())),
          bytes -> MonitoringInfoEncodings.decodeInt64Distribution(bytes).extractResult());

  private static final Kind<GaugeResult> GAUGE =
      new Kind<>(
          Urns.USER_LATEST_INT64,
          TypeUrns.LATEST_INT64_TYPE,
          value ->
              MonitoringInfoEncodings.encodeInt64Gauge(
                  GaugeData.create(value.getValue(), value.getTimestamp())),
          bytes -> MonitoringInfoEncodings.decodeInt64Gauge(bytes).extractResult());

  private static final Kind<StringSetResult> STRING_SET =
      new Kind<>(
          Urns.USER_SET_STRING,
          TypeUrns.SET_STRING_TYPE,
          value ->
              MonitoringInfoEncodings.encodeStringSet(StringSetData.create(value.getStringSet())),
          bytes -> MonitoringInfoEncodings.decodeStringSet(bytes).extractResult());

  private static final Kind<BoundedTrieResult> BOUNDED_TRIE =
      new Kind<>(
          Urns.USER_BOUNDED_TRIE,
          TypeUrns.BOUNDED_TRIE_TYPE,
          value -> TrieProto.of(value).toByteString(),
          bytes -> MonitoringInfoEncodings.decodeBoundedTrie(bytes).extractResult());

  private static final Kind<HistogramData> HISTOGRAM =
      new Kind<>(
          Urns.USER_HISTOGRAM,
          TypeUrns.HISTOGRAM_TYPE,
          MonitoringInfoEncodings::encodeInt64Histogram,
          MonitoringInfoEncodings::decodeInt64Histogram);

  private MonitoringInfos() {}

  /** What was counted in all attempts. */
  public static List<MonitoringInfo> attempted(MetricResults metrics) {
    return infos(metrics, false);
  }

  /** What counts. */
  public static List<MonitoringInfo> committed(MetricResults metrics) {
    return infos(metrics, true);
  }

  private static List<MonitoringInfo> infos(MetricResults metrics, boolean committed) {
    MetricQueryResults all = metrics.allMetrics();
    List<MonitoringInfo> infos = new ArrayList<>();
    add(all.getCounters(), COUNTER, committed, infos);
    add(all.getDistributions(), DISTRIBUTION, committed, infos);
    add(all.getGauges(), GAUGE, committed, infos);
    add(all.getStringSets(), STRING_SET, committed, infos);
    add(all.getBoundedTries(), BOUNDED_TRIE, committed, infos);
    add(all.getHistograms(), HISTOGRAM, committed, infos);
    return infos;
  }

  private static <T> void add(
      Iterable<MetricResult<T>> results,
      Kind<T> kind,
      boolean committed,
      List<MonitoringInfo> infos) {
    for (MetricResult<T> result : results) {
      T value = committed ? result.getCommittedOrNull() : result.getAttempted();
      if (value != null) {
        infos.add(
            ListedDistributions.written(
                named(result.getKey(), kind)
                    .setType(kind.type)
                    .setPayload(kind.encoder.apply(value))
                    .build()));
      }
    }
  }

  private static MonitoringInfo.Builder named(MetricKey key, Kind<?> kind) {
    MonitoringInfo.Builder info = MonitoringInfo.newBuilder();
    MetricName name = key.metricName();
    if (name instanceof MonitoringInfoMetricName ofBeam) {
      info.setUrn(ofBeam.getUrn()).putAllLabels(ofBeam.getLabels());
    } else {
      info.setUrn(kind.urn)
          .putLabels(Labels.NAMESPACE, name.getNamespace())
          .putLabels(Labels.NAME, name.getName());
    }
    String step = key.stepName();
    return step == null ? info : info.putLabels(Labels.PTRANSFORM, step);
  }

  /** Metrics of which these were told. Those of unknown kinds are left out. */
  public static MetricResults results(
      List<MonitoringInfo> attempted, List<MonitoringInfo> committed) {
    return new DefaultMetricResults(
        results(COUNTER, attempted, committed),
        results(DISTRIBUTION, attempted, committed),
        results(GAUGE, attempted, committed),
        results(STRING_SET, attempted, committed),
        results(BOUNDED_TRIE, attempted, committed),
        results(HISTOGRAM, attempted, committed));
  }

  private static <T> List<MetricResult<T>> results(
      Kind<T> kind, List<MonitoringInfo> attempted, List<MonitoringInfo> committed) {
    Map<MetricKey, T> commits = values(kind, committed);
    List<MetricResult<T>> results = new ArrayList<>();
    values(kind, attempted)
        .forEach((key, value) -> results.add(result(key, commits.get(key), value)));
    return results;
  }

  @SuppressWarnings(
      "NullAway") // Beam's null for "not committed" is not annotated so that it sees it
  private static <T> MetricResult<T> result(MetricKey key, @Nullable T committed, T attempted) {
    return MetricResult.create(key, committed, attempted);
  }

  private static <T> Map<MetricKey, T> values(Kind<T> kind, List<MonitoringInfo> infos) {
    Map<MetricKey, T> values = new LinkedHashMap<>();
    for (MonitoringInfo info : infos) {
      if (info.getType().equals(kind.type)) {
        ByteString payload = ListedDistributions.read(info).getPayload();
        values.put(key(kind, info), kind.decoder.apply(payload));
      }
    }
    return values;
  }

  private static MetricKey key(Kind<?> kind, MonitoringInfo info) {
    String step = info.getLabelsOrDefault(Labels.PTRANSFORM, "");
    MetricName name =
        info.getUrn().equals(kind.urn) && !ListedDistributions.isNameless(info)
            ? MetricName.named(
                info.getLabelsOrDefault(Labels.NAMESPACE, ""),
                info.getLabelsOrDefault(Labels.NAME, ""))
            : MonitoringInfoMetricName.of(info);
    return MetricKey.create(step.isEmpty() ? null : step, name);
  }
}
