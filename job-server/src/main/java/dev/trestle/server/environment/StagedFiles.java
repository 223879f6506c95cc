package dev.trestle.server.environment;

import dev.trestle.runner.worker.ArtifactSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactStagingToRolePayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that an environment depends on, in a directory of their own: {@code staged} within one
 * for the workers of the environment. Names come from the client; those that would lead elsewhere
 * are refused.
 */
final class StagedFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagedFiles.class);

  private static final String STAGING_TO = BeamUrns.getUrn(StandardArtifacts.Roles.STAGING_TO);

  private final Path directory;
  private final List<StagedFile> files = new ArrayList<>();

  private StagedFiles(Path directory) {
    this.directory = directory;
  }

  /** A file, and what its role is. */
  record StagedFile(String roleUrn, Path path) {}

  /**
   * Copies files.
   *
   * @throws IOException if one cannot be read or written, or has a name that leads elsewhere
   */
  static StagedFiles fetch(List<ArtifactInformation> artifacts, ArtifactSource source)
      throws IOException {
    StagedFiles staged = new StagedFiles(Files.createTempDirectory("trestle-worker-"));
    boolean complete = false;
    try {
      Files.createDirectory(staged.stagedDirectory());
      for (ArtifactInformation artifact : source.resolve(artifacts)) {
        staged.fetch(artifact, source);
      }
      complete = true;
      return staged;
    } finally {
      if (!complete) {
        staged.close();
      }
    }
  }

  private void fetch(ArtifactInformation artifact, ArtifactSource source) throws IOException {
    Path target = stagedDirectory().resolve(name(artifact)).normalize();
    if (!target.startsWith(stagedDirectory()) || target.equals(stagedDirectory())) {
      throw new IOException("An artifact is to be staged outside of its directory: " + target);
    }
    Files.createDirectories(target.getParent());
    try (InputStream content = source.open(artifact)) {
      Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
    }
    files.add(new StagedFile(artifact.getRoleUrn(), target));
  }

  private String name(ArtifactInformation artifact) throws IOException {
    String name =
        artifact.getRoleUrn().equals(STAGING_TO)
            ? ArtifactStagingToRolePayload.parseFrom(artifact.getRolePayload()).getStagedName()
            : "";
    return name.isEmpty() ? "artifact-" + files.size() : name;
  }

  /** For the workers' own files. */
  Path directory() {
    return directory;
  }

  Path stagedDirectory() {
    return directory.resolve("staged");
  }

  /** In the order in which the environment names them. */
  List<StagedFile> files() {
    return files;
  }

  /** Removes the directory. */
  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be removed", directory, e);
    }
  }
}
