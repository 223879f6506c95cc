package dev.trestle.runner.metrics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.TypeUrns;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Urns;
import org.apache.beam.runners.core.metrics.MonitoringInfoEncodings;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CumulativeMetricsTest {

  private final CumulativeMetrics metrics = new CumulativeMetrics();

  private static MonitoringInfo counter(String name, long value) {
    return MonitoringInfo.newBuilder()
        .setUrn(Urns.USER_SUM_INT64)
        .setType(TypeUrns.SUM_INT64_TYPE)
        .putLabels(Labels.NAME, name)
        .setPayload(MonitoringInfoEncodings.encodeInt64Counter(value))
        .build();
  }

  private static MonitoringInfo distribution(int... payload) {
    ByteString.Output bytes = ByteString.newOutput();
    for (int each : payload) {
      bytes.write(each);
    }
    return MonitoringInfo.newBuilder()
        .setUrn(Urns.USER_DISTRIBUTION_INT64)
        .setType(TypeUrns.DISTRIBUTION_INT64_TYPE)
        .putLabels(Labels.NAME, "distribution")
        .setPayload(bytes.toByteString())
        .build();
  }

  @Test
  void whatHasBeenToldBeforeIsSubtracted() {
    assertThat(metrics.increments(List.of(counter("a", 4))), contains(counter("a", 4)));
    assertThat(
        metrics.increments(List.of(counter("a", 6), counter("b", 1))),
        contains(counter("a", 2), counter("b", 1)));
    assertThat(metrics.increments(List.of(counter("b", 1))), contains(counter("b", 0)));
  }

  @Test
  void distributionsKeepTheirBounds() {
    metrics.increments(List.of(distribution(0, 0, 0, 4, 2, 4, 1, 3)));

    List<MonitoringInfo> since = metrics.increments(List.of(distribution(0, 0, 0, 4, 3, 9, 1, 5)));

    assertThat(
        MonitoringInfoEncodings.decodeInt64Distribution(since.get(0).getPayload()),
        is(DistributionData.create(5, 1, 1, 5)));
  }

  @Test
  void distributionThatHasNotChangedIsLeftOut() {
    metrics.increments(List.of(distribution(0, 0, 0, 4, 2, 4, 1, 3)));

    assertThat(metrics.increments(List.of(distribution(0, 0, 0, 4, 2, 4, 1, 3))), empty());
  }

  @Test
  void otherMetricsStayAsTheyAre() {
    MonitoringInfo other = MonitoringInfo.newBuilder().setUrn("any").build();

    assertThat(metrics.increments(List.of(other, other)), contains(other, other));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"beam:protocol:progress_reporting:v0", "beam:protocol:progress_reporting:v1"})
  void onlyTypeScriptReportsThem(String progress) {
    Environment.Builder environment = Environment.newBuilder();
    assertThat(CumulativeMetrics.in(environment.build()), is(false));
    environment.addCapabilities("beam:protocol:sibling_workers:v1");
    assertThat(CumulativeMetrics.in(environment.build()), is(true));
    assertThat(CumulativeMetrics.areToldMeanwhile(environment.build()), is(false));
    environment.addCapabilities(progress);
    assertThat(CumulativeMetrics.in(environment.build()), is(false));
    assertThat(CumulativeMetrics.areToldMeanwhile(environment.build()), is(true));
  }
}
