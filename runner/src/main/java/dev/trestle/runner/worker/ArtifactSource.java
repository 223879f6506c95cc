package dev.trestle.runner.worker;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;

/** The artifacts of a job, for its workers. Any thread may call. */
public interface ArtifactSource {

  /** Has no artifacts. */
  ArtifactSource NONE =
      artifact -> {
        throw new FileNotFoundException("There are no artifacts");
      };

  /**
   * What to fetch in place of some artifacts.
   *
   * @throws IOException if there is nothing for one of them
   */
  default List<ArtifactInformation> resolve(List<ArtifactInformation> artifacts)
      throws IOException {
    return artifacts;
  }

  /**
   * The content of an artifact; the caller closes it.
   *
   * @throws FileNotFoundException if it is none of the job's
   * @throws IOException if it cannot be read
   */
  InputStream open(ArtifactInformation artifact) throws IOException;
}
