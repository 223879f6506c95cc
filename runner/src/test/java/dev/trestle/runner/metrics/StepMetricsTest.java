package dev.trestle.runner.metrics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.Test;

final class StepMetricsTest {

  private static final MetricName NAME = MetricName.named("space", "name");
  private static final MetricName LABELLED =
      MonitoringInfoMetricName.named(
          MonitoringInfoConstants.Urns.ELEMENT_COUNT,
          Map.of(MonitoringInfoConstants.Labels.PCOLLECTION, "numbers"));

  @Test
  void metricsOfAllKindsAreReadAsTheyWereWritten() throws Exception {
    MetricsContainerImpl first = new MetricsContainerImpl("Read/First");
    first.getCounter(NAME).inc(7);
    first.getCounter(LABELLED).inc(8);
    first.getDistribution(NAME).update(3);
    first.getDistribution(NAME).update(-4);
    MetricsContainerImpl second = new MetricsContainerImpl("S\u00fcm");
    second.getStringSet(NAME).add("a", "b");
    StepMetrics metrics = new StepMetrics();
    metrics.add("Read/First", first);
    metrics.add("S\u00fcm", second);
    StepMetrics read = StepMetrics.decode(metrics.encode());
    assertThat(infos(read), is(infos(metrics)));
    read.addAll(metrics);
    assertThat(
        read.toStepMap().getContainer("Read/First").getCounter(NAME).getCumulative(), is(14L));
  }

  @Test
  void gaugeHasItsValueAgain() throws Exception {
    MetricsContainerImpl counted = new MetricsContainerImpl("Step");
    counted.getGauge(NAME).set(5);
    StepMetrics metrics = new StepMetrics();
    metrics.add("Step", counted);
    assertThat(
        StepMetrics.decode(metrics.encode())
            .toStepMap()
            .getContainer("Step")
            .getGauge(NAME)
            .getCumulative()
            .value(),
        is(5L));
  }

  private static Set<MonitoringInfo> infos(StepMetrics of) {
    Set<MonitoringInfo> infos = new HashSet<>();
    of.toStepMap().getMonitoringInfos().forEach(infos::add);
    return infos;
  }

  @Test
  void nothingIsEmptyText() throws Exception {
    assertThat(new StepMetrics().encode(), is(""));
    assertThat(infos(StepMetrics.decode("")), is(Set.of()));
  }

  @Test
  void damagedTextIsRefused() {
    MetricsContainerImpl counted = new MetricsContainerImpl("Step");
    counted.getCounter(NAME).inc();
    StepMetrics metrics = new StepMetrics();
    metrics.add("Step", counted);
    String text = metrics.encode();
    assertThrows(IOException.class, () -> StepMetrics.decode(text.substring(0, 12)));
    assertThrows(IOException.class, () -> StepMetrics.decode("!" + text));
  }
}
