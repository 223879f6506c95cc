package dev.trestle.runner.remote;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.util.common.ReflectHelpers;
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

  /**
   * To pack and hash a class path takes seconds: once is enough for all pipelines of a JVM, as long
   * as its files are the same. Directories are taken to stay as they are.
   */
  private static final Map<List<Place>, List<ArtifactInformation>> PACKED =
      new ConcurrentHashMap<>();

  /** A file as it is now, or a directory. */
  private record Place(String path, long modified, long bytes) {
    static Place of(String path) {
      File file = new File(path);
      return file.isDirectory()
          ? new Place(path, 0, 0)
          : new Place(path, file.lastModified(), file.length());
    }
  }

  private PortableProto() {}

  static RunnerApi.Pipeline of(Pipeline pipeline, PortablePipelineOptions options) {
    SdkComponents components = SdkComponents.create();
    components.registerEnvironment(environment(options, files(options)));
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
        .addAllDependencies(
            PACKED.computeIfAbsent(files.stream().map(Place::of).toList(), places -> pack(files)))
        .build();
  }

  private static List<String> files(PortablePipelineOptions options) {
    List<String> named = options.getFilesToStage();
    return named == null || named.isEmpty()
        ? PipelineResources.detectClassPathResourcesToStage(
            ReflectHelpers.findClassLoader(), options)
        : named;
  }

  /** Makes jars of directories, which are deleted when the JVM ends, and hashes all. */
  private static List<ArtifactInformation> pack(List<String> files) {
    try {
      File temporary = Files.createTempDirectory("trestle-staged").toFile();
      temporary.deleteOnExit();
      List<String> jars = PipelineResources.prepareFilesForStaging(files, temporary.getPath());
      File[] packed = temporary.listFiles();
      for (File jar : packed == null ? new File[0] : packed) {
        jar.deleteOnExit(); // before the directory: files go in the opposite order
      }
      return Environments.getArtifacts(jars);
    } catch (IOException e) {
      throw new UncheckedIOException("Directories of the class path cannot be packed", e);
    }
  }
}
