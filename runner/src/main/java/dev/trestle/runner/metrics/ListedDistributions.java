package dev.trestle.runner.metrics;

import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Urns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Distributions as the SDK for TypeScript writes and reads them: with the number of their numbers
 * in front, as if they were a list. They are told by having no namespace; what other SDKs count has
 * one.
 */
final class ListedDistributions {

  /** Count, sum, least and greatest. */
  private static final ByteString FOUR = ByteString.copyFrom(new byte[] {0, 0, 0, 4});

  private ListedDistributions() {}

  /** Whether a metric of the user's has no namespace. */
  static boolean isNameless(MonitoringInfo info) {
    return info.getLabelsOrDefault(Labels.NAMESPACE, "").isEmpty();
  }

  /** A metric as the model has it. */
  static MonitoringInfo read(MonitoringInfo info) {
    return isListed(info) && info.getPayload().startsWith(FOUR)
        ? info.toBuilder().setPayload(info.getPayload().substring(FOUR.size())).build()
        : info;
  }

  /** A metric as its SDK reads it. */
  static MonitoringInfo written(MonitoringInfo info) {
    return isListed(info)
        ? info.toBuilder().setPayload(FOUR.concat(info.getPayload())).build()
        : info;
  }

  private static boolean isListed(MonitoringInfo info) {
    return info.getUrn().equals(Urns.USER_DISTRIBUTION_INT64) && isNameless(info);
  }
}
