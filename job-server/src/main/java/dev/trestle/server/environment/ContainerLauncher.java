package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerConnection;
import dev.trestle.runner.worker.WorkerException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.DockerPayload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workers in containers, on the network of this machine. A container is named like its worker
 * and removed with it.
 */
final class ContainerLauncher implements WorkerLauncher {

  private static final Logger LOG = LoggerFactory.getLogger(ContainerLauncher.class);

  private final String image;
  private final EnvironmentSettings settings;
  private final Reaper reaper;

  ContainerLauncher(DockerPayload payload, EnvironmentSettings settings, Reaper reaper) {
    this.image = payload.getContainerImage();
    this.settings = settings;
    this.reaper = reaper;
  }

  @Override
  public RunningWorker launch(WorkerConnection connection)
      throws WorkerException, IOException, InterruptedException {
    pull(connection);
    ProcessBuilder builder =
        new ProcessBuilder(
            settings.containerCommand(),
            "run",
            "--rm",
            "--network=host",
            "--name=" + connection.id(),
            image,
            "--id=" + connection.id(),
            "--provision_endpoint=" + connection.endpoint().getUrl());
    WorkerProcess client = WorkerProcess.start(builder, connection, reaper, settings.stopTimeout());
    return new Container(settings.containerCommand(), connection.id(), client);
  }

  /** Fetching an image may take much longer than a worker to start. */
  private void pull(WorkerConnection connection)
      throws WorkerException, IOException, InterruptedException {
    String command = settings.containerCommand();
    if (ChildProgram.run(List.of(command, "image", "inspect", image), line -> {}) != 0) {
      int status = ChildProgram.run(List.of(command, "pull", image), connection::printed);
      if (status != 0) {
        throw new WorkerException("The image " + image + " cannot be fetched by " + command);
      }
    }
  }

  /** The program that stays in front of a container, and the container. */
  private record Container(String command, String name, WorkerProcess client)
      implements RunningWorker {

    @Override
    public void stop() {
      client.stop();
    }

    @Override
    public void awaitStopped() {
      client.awaitStopped();
      try {
        ChildProgram.run(List.of(command, "rm", "--force", name), line -> {});
      } catch (IOException e) {
        LOG.warn("The container {} may have been left behind", name, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
