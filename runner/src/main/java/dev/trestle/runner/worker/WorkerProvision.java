package dev.trestle.runner.worker;

import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.Struct;

/**
 * What a worker is told of its job before it connects.
 *
 * @param pipelineOptions as they were submitted
 * @param dependencies of its environment, which an {@link ArtifactSource} has
 * @param metadata such as the job's name ({@code job_name}) and id ({@code job_id})
 */
public record WorkerProvision(
    Struct pipelineOptions, List<ArtifactInformation> dependencies, Map<String, String> metadata) {

  public WorkerProvision {
    dependencies = List.copyOf(dependencies);
    metadata = Map.copyOf(metadata);
  }
}
