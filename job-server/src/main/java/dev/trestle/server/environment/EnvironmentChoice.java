package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.AnyOfEnvironmentPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardEnvironments;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/** Which of several environments is taken, where a pipeline leaves the choice. */
final class EnvironmentChoice {

  static final String EXTERNAL = BeamUrns.getUrn(StandardEnvironments.Environments.EXTERNAL);
  static final String PROCESS = BeamUrns.getUrn(StandardEnvironments.Environments.PROCESS);
  static final String DOCKER = BeamUrns.getUrn(StandardEnvironments.Environments.DOCKER);
  static final String DEFAULT = BeamUrns.getUrn(StandardEnvironments.Environments.DEFAULT);

  /** What Beam's Java SDK calls it, and what it would be called if it were one of Beam's. */
  static final Set<String> EMBEDDED = Set.of("EMBEDDED", "beam:env:embedded:v1");

  /** Why there is none in this process. */
  static final String NOT_EMBEDDED =
      "This server runs no code of pipelines in its own process, for others can reach it, or it has"
          + " a list of programs. Choose the environment PROCESS";

  private static final String ANY_OF = BeamUrns.getUrn(StandardEnvironments.Environments.ANYOF);

  private EnvironmentChoice() {}

  /**
   * The one to use: a worker pool that is there before a process to be started, before this
   * process, before a container.
   *
   * @throws WorkerException if there is none that Trestle has workers for
   */
  static Environment choose(Environment environment, EnvironmentSettings settings)
      throws WorkerException {
    Environment best = null;
    int bestRank = Integer.MAX_VALUE;
    for (Environment each : flatten(environment)) {
      int rank = rank(each, settings);
      if (rank < bestRank) {
        best = each;
        bestRank = rank;
      }
    }
    if (best == null) {
      throw new WorkerException(
          "There are no SDK workers for the environment "
              + describe(environment)
              + remedy(environment, settings));
    }
    return best;
  }

  private static String remedy(Environment environment, EnvironmentSettings settings) {
    if (EMBEDDED.contains(environment.getUrn()) && !settings.embeds()) {
      return ". " + NOT_EMBEDDED;
    }
    return settings.docker() == Docker.REFUSE
        ? ": this server runs no containers. Choose --environment_type=LOOPBACK, or PROCESS"
        : "";
  }

  private static int rank(Environment environment, EnvironmentSettings settings) {
    String urn = environment.getUrn();
    if (urn.equals(EXTERNAL)) {
      return 0;
    } else if (urn.equals(PROCESS)) {
      return 1;
    } else if (EMBEDDED.contains(urn) && settings.embeds()) {
      return 2;
    } else if (urn.equals(DOCKER) && settings.docker() == Docker.RUN) {
      return 3;
    } else if (urn.equals(DOCKER) && settings.docker() == Docker.AS_PROCESS) {
      return 4;
    } else if (urn.equals(DEFAULT)) {
      return 5;
    }
    return Integer.MAX_VALUE;
  }

  private static List<Environment> flatten(Environment environment) throws WorkerException {
    if (!environment.getUrn().equals(ANY_OF)) {
      return List.of(environment);
    }
    try {
      List<Environment> all = new ArrayList<>();
      for (Environment each :
          AnyOfEnvironmentPayload.parseFrom(environment.getPayload()).getEnvironmentsList()) {
        all.addAll(flatten(each));
      }
      return all;
    } catch (InvalidProtocolBufferException e) {
      throw new WorkerException("The environment " + describe(environment) + " is unreadable", e);
    }
  }

  private static String describe(Environment environment) {
    return environment.getUrn().isEmpty() ? "without a URN" : environment.getUrn();
  }
}
