package dev.trestle.runner.metrics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.TypeUrns;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Urns;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.BoundedTrieResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class MonitoringInfosTest {

  private static final MetricName NAME = MetricName.named("space", "name");

  private final MetricsContainerStepMap attempted = new MetricsContainerStepMap();
  private final MetricsContainerStepMap committed = new MetricsContainerStepMap();

  private MetricResults told() {
    return MetricsContainerStepMap.asMetricResults(attempted, committed);
  }

  private MetricQueryResults toldAndHeard() {
    MetricResults told = told();
    return MonitoringInfos.results(MonitoringInfos.attempted(told), MonitoringInfos.committed(told))
        .allMetrics();
  }

  private static <T> MetricResult<T> only(Iterable<MetricResult<T>> results) {
    return results.iterator().next();
  }

  @Test
  void attemptedAndCommittedStayApart() {
    attempted.getContainer("Step/Par Do").getCounter(NAME).inc(7);
    committed.getContainer("Step/Par Do").getCounter(NAME).inc(5);

    MetricResult<Long> counter = only(toldAndHeard().getCounters());

    assertThat(counter.getAttempted(), is(7L));
    assertThat(counter.getCommitted(), is(5L));
    assertThat(counter.getKey().stepName(), is("Step/Par Do"));
    assertThat(counter.getName(), is(NAME));
  }

  @Test
  void whatIsNotCommittedIsNotThere() {
    attempted.getContainer("step").getCounter(NAME).inc(7);

    assertThat(only(toldAndHeard().getCounters()).getCommittedOrNull(), is(nullValue()));
  }

  @Test
  void distributionsGaugesAndSetsComeThrough() {
    MetricsContainerImpl step = attempted.getContainer("step");
    step.getDistribution(NAME).update(3);
    step.getDistribution(NAME).update(-4);
    step.getGauge(NAME).set(9);
    step.getStringSet(NAME).add("a", "b");

    MetricQueryResults heard = toldAndHeard();

    assertThat(
        only(heard.getDistributions()).getAttempted(), is(DistributionResult.create(-1, 2, -4, 3)));
    assertThat(
        only(heard.getGauges()).getAttempted(),
        is(only(told().allMetrics().getGauges()).getAttempted()));
    assertThat(
        only(heard.getStringSets()).getAttempted().getStringSet(), containsInAnyOrder("a", "b"));
  }

  @Test
  void boundedTrieComesThroughAlsoWhereItIsCut() {
    MetricsContainerImpl step = attempted.getContainer("step");
    for (int file = 0; file < 300; file++) {
      step.getBoundedTrie(NAME).add("bucket", "directory" + file % 7, "file" + file);
    }
    MetricName single = MetricName.named("space", "single");
    step.getBoundedTrie(single).add("alone");

    Iterable<MetricResult<BoundedTrieResult>> heard = toldAndHeard().getBoundedTries();

    for (MetricResult<BoundedTrieResult> each : told().allMetrics().getBoundedTries()) {
      BoundedTrieResult same = null;
      for (MetricResult<BoundedTrieResult> other : heard) {
        same = other.getName().equals(each.getName()) ? other.getAttempted() : same;
      }
      assertThat(same, is(each.getAttempted()));
    }
  }

  @Test
  void metricsOfBeamKeepTheirLabels() {
    MetricName elements =
        MonitoringInfoMetricName.named(
            "beam:metric:element_count:v1", Map.of("PCOLLECTION", "numbers"));
    attempted.getContainer("step").getCounter(elements).inc(3);

    MonitoringInfo info = MonitoringInfos.attempted(told()).get(0);

    assertThat(info.getUrn(), is("beam:metric:element_count:v1"));
    assertThat(info.getLabelsMap(), is(Map.of("PCOLLECTION", "numbers", "PTRANSFORM", "step")));
  }

  @Test
  void distributionWithoutNamespaceIsListed() {
    MonitoringInfo reported =
        MonitoringInfo.newBuilder()
            .setUrn(Urns.USER_DISTRIBUTION_INT64)
            .setType(TypeUrns.DISTRIBUTION_INT64_TYPE)
            .putLabels(Labels.NAMESPACE, "")
            .putLabels(Labels.NAME, "name")
            .setPayload(ByteString.copyFrom(new byte[] {0, 0, 0, 4, 3, 6, 1, 3}))
            .build();
    attempted.update("step", ReportedMetrics.read("step", List.of(reported)));

    MonitoringInfo told = MonitoringInfos.attempted(told()).get(0);

    assertThat(told.getPayload(), is(reported.getPayload()));
    assertThat(
        only(toldAndHeard().getDistributions()).getAttempted(),
        is(DistributionResult.create(6, 3, 1, 3)));
  }

  @Test
  void counterWithoutNamespaceKeepsItsName() {
    MonitoringInfo reported =
        MonitoringInfo.newBuilder()
            .setUrn(Urns.USER_SUM_INT64)
            .setType(TypeUrns.SUM_INT64_TYPE)
            .putLabels(Labels.NAMESPACE, "")
            .putLabels(Labels.NAME, "name")
            .setPayload(ByteString.copyFrom(new byte[] {5}))
            .build();
    attempted.update("step", ReportedMetrics.read("step", List.of(reported)));

    MonitoringInfo told = MonitoringInfos.attempted(told()).get(0);

    assertThat(told.getUrn(), is(Urns.USER_SUM_INT64));
    assertThat(told.getLabelsOrThrow(Labels.NAME), is("name"));
    assertThat(only(toldAndHeard().getCounters()).getAttempted(), is(5L));
  }

  @Test
  void unknownKindsAreLeftOut() {
    MonitoringInfo odd =
        MonitoringInfo.newBuilder().setUrn("some:urn").setType("some:type").build();

    MetricQueryResults heard = MonitoringInfos.results(List.of(odd), List.of(odd)).allMetrics();

    assertThat(heard.getCounters().iterator().hasNext(), is(false));
  }
}
