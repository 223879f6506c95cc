package dev.trestle.server.artifacts;

import dev.trestle.runner.worker.ArtifactSource;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;

/**
 * What the workers of a job may read: the files of its own pipeline, and no others. Any thread may
 * call.
 */
public final class JobArtifacts implements ArtifactSource {

  private final ArtifactStore store;
  private final Set<Sha256> files;

  public JobArtifacts(ArtifactStore store, Set<Sha256> files) {
    this.store = store;
    this.files = Set.copyOf(files);
  }

  /**
   * What artifacts stand for: themselves, once they are staged.
   *
   * @throws FileNotFoundException naming the first that is not
   */
  @Override
  public List<ArtifactInformation> resolve(List<ArtifactInformation> artifacts)
      throws FileNotFoundException {
    for (ArtifactInformation artifact : artifacts) {
      hash(artifact);
    }
    return artifacts;
  }

  /**
   * Reads an artifact.
   *
   * @throws FileNotFoundException if the job has none of that hash
   */
  @Override
  public InputStream open(ArtifactInformation artifact) throws IOException {
    return store.read(hash(artifact));
  }

  private Sha256 hash(ArtifactInformation artifact) throws FileNotFoundException {
    return StagedArtifacts.hash(artifact)
        .filter(files::contains)
        .orElseThrow(
            () ->
                new FileNotFoundException(
                    "The job has no such artifact of type " + artifact.getTypeUrn()));
  }
}
