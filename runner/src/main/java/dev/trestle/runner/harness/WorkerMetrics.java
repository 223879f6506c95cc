package dev.trestle.runner.harness;

import dev.trestle.runner.metrics.CumulativeMetrics;
import dev.trestle.runner.metrics.ReportedMetrics;
import dev.trestle.runner.operator.OperatorContext;
import dev.trestle.translation.graph.HarnessSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.ProcessBundleDescriptor;
import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants.Labels;
import org.jspecify.annotations.Nullable;

/**
 * Adds what workers have counted to the metrics of the job: under the full name of the transform,
 * which the worker knows by its id. Belongs to the task's owner.
 */
final class WorkerMetrics {

  private final OperatorContext context;
  private final ProcessBundleDescriptor descriptor;

  /** Null where workers report what each bundle has counted. */
  private final @Nullable CumulativeMetrics ofAll;

  /** What bundles have counted so far that have not ended. */
  private final Map<RemoteBundle, CumulativeMetrics> meanwhile = new HashMap<>();

  WorkerMetrics(OperatorContext context, HarnessSpec spec) {
    this.context = context;
    descriptor = spec.descriptor();
    ofAll = CumulativeMetrics.in(spec.environment()) ? new CumulativeMetrics() : null;
  }

  /** Adds what a bundle has counted so far. */
  void progress(RemoteBundle bundle, List<MonitoringInfo> infos) {
    add(meanwhile.computeIfAbsent(bundle, unused -> new CumulativeMetrics()).increments(infos));
  }

  /** Adds what a bundle has counted by its end. */
  void end(RemoteBundle bundle, List<MonitoringInfo> infos) {
    CumulativeMetrics before = ofAll == null ? meanwhile.remove(bundle) : ofAll;
    add(before == null ? infos : before.increments(infos));
  }

  private void add(List<MonitoringInfo> infos) {
    Map<String, List<MonitoringInfo>> byTransform = new HashMap<>();
    for (MonitoringInfo info : infos) {
      String transform = fullName(info.getLabelsOrDefault(Labels.PTRANSFORM, ""));
      byTransform
          .computeIfAbsent(transform, unused -> new ArrayList<>())
          .add(
              info.containsLabels(Labels.PTRANSFORM)
                  ? info.toBuilder().putLabels(Labels.PTRANSFORM, transform).build()
                  : info);
    }
    byTransform.forEach(
        (transform, its) ->
            context.metricsOf(transform).update(ReportedMetrics.read(transform, its)));
  }

  /** What concerns no transform, or one of the runner's ports, counts as the step's. */
  private String fullName(String id) {
    String name =
        descriptor.getTransformsMap().containsKey(id)
            ? descriptor.getTransformsOrThrow(id).getUniqueName()
            : "";
    return name.isEmpty() ? context.stepName() : name;
  }
}
