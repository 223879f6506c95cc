package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import dev.trestle.server.environment.JobWorkers.JobDescription;
import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi.DockerPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.ExternalPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ProcessPayload;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** What starts the workers of an environment. */
final class WorkerLaunchers {

  private WorkerLaunchers() {}

  /**
   * The launcher for an environment that {@link EnvironmentChoice} has chosen. Starts nothing.
   *
   * @param reaper for processes that it will start
   * @throws WorkerException if its payload is unreadable, or nobody knows of which SDK it is
   */
  static WorkerLauncher of(
      Environment environment,
      JobDescription job,
      EnvironmentSettings settings,
      WorkerHost host,
      Reaper reaper)
      throws WorkerException {
    try {
      String urn = environment.getUrn();
      if (urn.equals(EnvironmentChoice.EXTERNAL)) {
        return new ExternalLauncher(ExternalPayload.parseFrom(environment.getPayload()));
      } else if (EnvironmentChoice.EMBEDDED.contains(urn)) {
        return new EmbeddedLauncher(environment, job, settings, host);
      } else if (urn.equals(EnvironmentChoice.PROCESS)) {
        ProcessPayload payload = ProcessPayload.parseFrom(environment.getPayload());
        return payload.getCommand().isEmpty()
            ? booting(environment, job, settings, host, reaper, payload)
            : running(payload, settings, reaper);
      } else if (urn.equals(EnvironmentChoice.DOCKER) && settings.docker() == Docker.RUN) {
        return new ContainerLauncher(
            DockerPayload.parseFrom(environment.getPayload()), settings, reaper);
      }
      return booting(environment, job, settings, host, reaper, ProcessPayload.getDefaultInstance());
    } catch (InvalidProtocolBufferException e) {
      throw new WorkerException(
          "The payload of the environment " + environment.getUrn() + " is unreadable", e);
    }
  }

  private static WorkerLauncher running(
      ProcessPayload payload, EnvironmentSettings settings, Reaper reaper) throws WorkerException {
    String command = payload.getCommand();
    if (settings.commands().isPresent() && !settings.commands().get().contains(command)) {
      throw new WorkerException(
          "The environment wants " + command + " to be run, which this server may not");
    }
    return new CommandLauncher(
        List.of(command), payload.getEnvMap(), reaper, settings.stopTimeout());
  }

  /** Starts a process of Trestle's own choice, as an SDK's container would. */
  private static WorkerLauncher booting(
      Environment environment,
      JobDescription job,
      EnvironmentSettings settings,
      WorkerHost host,
      Reaper reaper,
      ProcessPayload payload)
      throws WorkerException, InvalidProtocolBufferException {
    Sdk sdk = Sdk.of(environment);
    WorkerBoot boot =
        switch (sdk.language()) {
          case JAVA -> new JavaBoot(job.pipelineOptions());
          case PYTHON ->
              new PythonBoot(
                  sdk,
                  settings,
                  host.interpreters(),
                  // what the user's variables change may have been imported already
                  host.forkServers().filter(all -> payload.getEnvMap().isEmpty()));
          case GO -> new GoBoot();
        };
    return new BootLauncher(
        boot, environment, job, payload.getEnvMap(), reaper, settings.stopTimeout());
  }
}
