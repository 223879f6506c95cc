package dev.trestle.runner.remote;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.util.construction.Environments;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SdkComponents;
import org.apache.beam.sdk.util.construction.resources.PipelineResources;

/**
 * The proto of a Java pipeline that runs elsewhere: its fns are called by workers that have the
 * files of this JVM's class path, or those that {@code --filesToStage} names. Unless {@code
 * --defaultEnvironmentType} says something else, the server starts such a worker as a process.
 */
final class PortableProto {

  /** No command: the server brings its own. */
  private static final String SERVERS_OWN_COMMAND = "{\"command\": \"\"}";

  /** To hash a class path takes a second: once is enough for all pipelines of a JVM. */
  private static final Map<List<String>, List<ArtifactInformation>> HASHED =
      new ConcurrentHashMap<>();

  private PortableProto() {}

  static RunnerApi.Pipeline of(Pipeline pipeline, PortablePipelineOptions options) {
    PipelineResources.prepareFilesForStaging(options);
    List<String> files = List.copyOf(options.getFilesToStage());
    SdkComponents components = SdkComponents.create();
    components.registerEnvironment(environment(options, files));
    return PipelineTranslation.toProto(pipeline, components, false);
  }

  private static Environment environment(PortablePipelineOptions options, List<String> files) {
    PortablePipelineOptions kind = PipelineOptionsFactory.as(PortablePipelineOptions.class);
    if (Environments.ENVIRONMENT_LOOPBACK.equals(options.getDefaultEnvironmentType())) {
      throw new IllegalArgumentException(
          "--defaultEnvironmentType=LOOPBACK: workers of Java pipelines do not live in their author's"
              + " process; leave it out, and the server starts one as a process of its own");
    }
    if (options.getDefaultEnvironmentType() == null) {
      kind.setDefaultEnvironmentType(Environments.ENVIRONMENT_PROCESS);
      kind.setDefaultEnvironmentConfig(SERVERS_OWN_COMMAND);
    } else {
      kind.setDefaultEnvironmentType(options.getDefaultEnvironmentType());
      kind.setDefaultEnvironmentConfig(options.getDefaultEnvironmentConfig());
      kind.setEnvironmentOptions(options.getEnvironmentOptions());
    }
    return Environments.createOrGetDefaultEnvironment(kind).toBuilder()
        .addAllDependencies(HASHED.computeIfAbsent(files, Environments::getArtifacts))
        .build();
  }
}
