package dev.trestle.server.environment;

import dev.trestle.runner.worker.WorkerException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.DockerPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.StandardArtifacts;
import org.apache.beam.sdk.util.construction.BeamUrns;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * Of which SDK an environment is. SDKs say so by the name of the container that they would run in:
 * in a capability, and where the environment is one, in its image.
 *
 * @param languageVersion such as 3.11, empty if it is not said
 * @param version of the SDK, such as 2.73.0, empty if it is not said
 */
record Sdk(Language language, String languageVersion, String version) {

  private static final String BASE_CAPABILITY = "beam:version:sdk_base:";
  private static final String GO_BINARY = BeamUrns.getUrn(StandardArtifacts.Roles.GO_WORKER_BINARY);
  private static final Pattern IMAGE =
      Pattern.compile("beam_(java|python|go)([\\d.]*)_sdk(?::([\\w.]+))?");

  /** Those whose workers Trestle can start. */
  enum Language {
    JAVA,
    PYTHON,
    GO
  }

  /**
   * @throws WorkerException if the environment does not say it, or there is nothing to start
   */
  static Sdk of(Environment environment) throws WorkerException, InvalidProtocolBufferException {
    for (ArtifactInformation artifact : environment.getDependenciesList()) {
      if (artifact.getRoleUrn().equals(GO_BINARY)) {
        return new Sdk(Language.GO, "", "");
      }
    }
    String image =
        environment.getUrn().equals(EnvironmentChoice.DOCKER)
            ? DockerPayload.parseFrom(environment.getPayload()).getContainerImage()
            : "";
    return Stream.concat(
            environment.getCapabilitiesList().stream()
                .filter(capability -> capability.startsWith(BASE_CAPABILITY)),
            Stream.of(image))
        .map(IMAGE::matcher)
        .filter(Matcher::find)
        .map(Sdk::of)
        .findFirst()
        .orElseThrow(
            () ->
                new WorkerException(
                    "Of which SDK the environment "
                        + environment.getUrn()
                        + (image.isEmpty() ? "" : " (" + image + ")")
                        + " is does not show, so that no worker can be started."
                        + " Choose --environment_type=LOOPBACK, or PROCESS with a command"));
  }

  private static Sdk of(Matcher image) {
    Language language =
        switch (image.group(1)) {
          case "java" -> Language.JAVA;
          case "python" -> Language.PYTHON;
          default -> Language.GO;
        };
    return new Sdk(language, image.group(2), image.group(3) == null ? "" : image.group(3));
  }
}
