package dev.trestle.runner.metrics;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.DistributionData;
import org.apache.beam.runners.core.metrics.GaugeData;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricUpdates.MetricUpdate;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.StringSetData;
import org.apache.beam.sdk.metrics.MetricName;

/** Sums of metrics, by step. Not thread safe; what is added may be counting meanwhile. */
public final class StepMetrics {

  private final Map<String, MetricsContainerImpl> bySteps = new TreeMap<>();

  /** Adds what has been counted in a step. */
  public void add(String step, MetricsContainerImpl counted) {
    bySteps.computeIfAbsent(step, MetricsContainerImpl::new).update(counted);
  }

  public void addAll(StepMetrics other) {
    other.bySteps.forEach(this::add);
  }

  /** These as Beam has them. */
  MetricsContainerStepMap toStepMap() {
    MetricsContainerStepMap map = new MetricsContainerStepMap();
    bySteps.forEach(map::update);
    return map;
  }

  /**
   * Text from which they can be read again: in Base64, for each step its name (as {@code
   * DataOutput.writeUTF} does it), the number of its metrics (4 bytes), and each as a delimited
   * {@code MonitoringInfo} of Beam's. Empty for none.
   *
   * <p>Counters, distributions, gauges and sets of strings are read again; Beam lets nobody restore
   * its other kinds. A gauge is as of when it is read.
   */
  public String encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (Map.Entry<String, MetricsContainerImpl> entry : bySteps.entrySet()) {
        List<MonitoringInfo> infos = new ArrayList<>();
        entry.getValue().getMonitoringInfos().forEach(infos::add);
        if (!infos.isEmpty()) {
          out.writeUTF(entry.getKey());
          out.writeInt(infos.size());
          for (MonitoringInfo info : infos) {
            info.writeDelimitedTo(out);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot happen in memory", e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /**
   * Reads what {@link #encode} made.
   *
   * @throws IOException if it is something else
   */
  public static StepMetrics decode(String text) throws IOException {
    StepMetrics metrics = new StepMetrics();
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      while (in.available() > 0) {
        String step = in.readUTF();
        List<MonitoringInfo> infos = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          infos.add(MonitoringInfo.parseDelimitedFrom(in));
        }
        MetricsContainerImpl read = new MetricsContainerImpl(step);
        read.update(infos);
        metrics.add(step, asNamedByUser(step, read.getCumulative()));
      }
      return metrics;
    } catch (IllegalArgumentException e) {
      throw new IOException("The metrics are damaged", e);
    }
  }

  /** A metric that was read has a name that is not equal to that of the user's. */
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
    return named;
  }

  private static MetricName name(MetricUpdate<?> update) {
    MetricName name = update.getKey().metricName();
    boolean ofUser = name.getLabels().containsKey(MonitoringInfoConstants.Labels.NAME);
    return ofUser ? MetricName.named(name.getNamespace(), name.getName()) : name;
  }
}
