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
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

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
        metrics.add(step, ReportedMetrics.read(step, infos));
      }
      return metrics;
    } catch (IllegalArgumentException e) {
      throw new IOException("The metrics are damaged", e);
    }
  }
}
