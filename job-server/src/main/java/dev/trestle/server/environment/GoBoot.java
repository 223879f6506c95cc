package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.StagedFiles.StagedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;

/** Workers in Go are the user's own program, which is staged as a binary. */
final class GoBoot implements WorkerBoot {

  private static final String BINARY = BeamUrns.getUrn(StandardArtifacts.Roles.GO_WORKER_BINARY);

  /** What older SDKs call the binary, which then has no role of its own. */
  private static final String OLD_NAME = "worker";

  @Override
  public List<String> command(
      WorkerConnection connection, StagedFiles files, String options, Path own)
      throws WorkerException, IOException {
    Path binary = binary(files.files());
    Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
    String endpoint = connection.endpoint().getUrl();
    return List.of(
        binary.toString(),
        "--worker=true",
        "--id=" + connection.id(),
        "--logging_endpoint=" + endpoint,
        "--control_endpoint=" + endpoint,
        "--semi_persist_dir=" + own,
        "--options=" + options);
  }

  private static Path binary(List<StagedFile> files) throws WorkerException {
    if (files.size() == 1) {
      return files.get(0).path();
    }
    return files.stream()
        .filter(file -> file.roleUrn().equals(BINARY) || file.path().endsWith(OLD_NAME))
        .findFirst()
        .map(StagedFile::path)
        .orElseThrow(
            () ->
                new WorkerException(
                    "No worker in Go can be started: its binary has not been staged."
                        + " Name it with --worker_binary"));
  }
}
