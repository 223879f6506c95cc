package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.image;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.runner.worker.WorkerException;
import dev.trestle.server.environment.EnvironmentSettings.Docker;
import dev.trestle.server.environment.Sdk.Language;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.AnyOfEnvironmentPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.ArtifactInformation;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Which environment is taken, and of which SDK it is. */
final class EnvironmentChoiceTest {

  private static final Environment DOCKER = image("apache/beam_python3.11_sdk:2.73.0");
  private static final Environment EXTERNAL = of(EnvironmentChoice.EXTERNAL);
  private static final Environment PROCESS = of(EnvironmentChoice.PROCESS);
  private static final Environment EMBEDDED = of("EMBEDDED");

  private static Environment of(String urn) {
    return Environment.newBuilder().setUrn(urn).build();
  }

  private static Environment anyOf(Environment... environments) {
    return Environment.newBuilder()
        .setUrn("beam:env:anyof:v1")
        .setPayload(
            AnyOfEnvironmentPayload.newBuilder()
                .addAllEnvironments(List.of(environments))
                .build()
                .toByteString())
        .build();
  }

  private static EnvironmentSettings settings(Docker docker) {
    return new EnvironmentSettings(
        Optional.empty(),
        docker,
        "docker",
        Optional.empty(),
        Path.of("."),
        Duration.ZERO,
        Duration.ZERO);
  }

  private static Environment choose(Environment environment, Docker docker) throws WorkerException {
    return EnvironmentChoice.choose(environment, settings(docker));
  }

  @Test
  void whatNeedsNoContainerIsPreferred() throws Exception {
    for (Docker docker : Docker.values()) {
      assertThat(choose(anyOf(DOCKER, EMBEDDED, PROCESS, EXTERNAL), docker), is(EXTERNAL));
      assertThat(choose(anyOf(DOCKER, EMBEDDED, PROCESS), docker), is(PROCESS));
      assertThat(choose(anyOf(DOCKER, EMBEDDED), docker), is(EMBEDDED));
    }
  }

  @Test
  void choicesMayBeWithinChoices() throws Exception {
    assertThat(choose(anyOf(DOCKER, anyOf(EMBEDDED, anyOf(PROCESS))), Docker.RUN), is(PROCESS));
  }

  @Test
  void containersAreRefusedWhereTheyAreNotAllowed() throws Exception {
    assertThat(choose(DOCKER, Docker.RUN), is(DOCKER));
    assertThat(choose(anyOf(DOCKER), Docker.AS_PROCESS), is(DOCKER));
    WorkerException refusal =
        assertThrows(WorkerException.class, () -> choose(DOCKER, Docker.REFUSE));
    assertThat(refusal.getMessage(), containsString("this server runs no containers"));
  }

  @Test
  void thisProcessIsNoChoiceWhereProgramsHaveToBeOnAList() throws Exception {
    EnvironmentSettings any = settings(Docker.AS_PROCESS);
    EnvironmentSettings listed =
        new EnvironmentSettings(
            Optional.of(Set.of()),
            any.docker(),
            any.containerCommand(),
            any.python(),
            any.cache(),
            any.startTimeout(),
            any.stopTimeout());

    assertThat(EnvironmentChoice.choose(anyOf(DOCKER, EMBEDDED), any), is(EMBEDDED));
    assertThat(EnvironmentChoice.choose(anyOf(DOCKER, EMBEDDED), listed), is(DOCKER));
    assertThrows(WorkerException.class, () -> EnvironmentChoice.choose(EMBEDDED, listed));
  }

  @Test
  void whatNobodyKnowsIsRefusedByName() {
    for (Environment unknown : List.of(of("beam:env:moon:v1"), anyOf(of("beam:env:moon:v1")))) {
      assertThrows(WorkerException.class, () -> choose(unknown, Docker.RUN));
    }
    assertThat(
        assertThrows(WorkerException.class, () -> choose(of("beam:env:moon:v1"), Docker.RUN))
            .getMessage(),
        containsString("beam:env:moon:v1"));
  }

  @Test
  void aPayloadThatIsGarbageIsRefused() {
    Environment garbage =
        anyOf().toBuilder().setPayload(ByteString.copyFromUtf8("\u00ff\u00ff")).build();
    assertThat(
        assertThrows(WorkerException.class, () -> choose(garbage, Docker.RUN)).getMessage(),
        containsString("unreadable"));
  }

  @Test
  void anSdkShowsInItsImage() throws Exception {
    assertThat(Sdk.of(DOCKER), is(new Sdk(Language.PYTHON, "3.11", "2.73.0")));
    assertThat(
        Sdk.of(image("gcr.io/mine/beam_java17_sdk:2.70.0")),
        is(new Sdk(Language.JAVA, "17", "2.70.0")));
    assertThat(Sdk.of(image("apache/beam_go_sdk:2.73.0")), is(new Sdk(Language.GO, "", "2.73.0")));
  }

  @Test
  void anSdkShowsInItsCapabilitiesBeforeAnImageOfTheUsers() throws Exception {
    Environment mine =
        image("mine").toBuilder()
            .addCapabilities("beam:coder:bytes:v1")
            .addCapabilities("beam:version:sdk_base:apache/beam_python3.12_sdk:2.72.0")
            .build();
    assertThat(Sdk.of(mine), is(new Sdk(Language.PYTHON, "3.12", "2.72.0")));
  }

  @Test
  void aBinaryInGoIsOfGo() throws Exception {
    Environment go =
        PROCESS.toBuilder()
            .addDependencies(
                ArtifactInformation.newBuilder()
                    .setRoleUrn("beam:artifact:role:go_worker_binary:v1"))
            .build();
    assertThat(Sdk.of(go).language(), is(Language.GO));
  }

  @Test
  void anSdkThatDoesNotShowIsAskedFor() {
    WorkerException failure = assertThrows(WorkerException.class, () -> Sdk.of(image("mine")));
    assertThat(failure.getMessage(), containsString("(mine)"));
    assertThat(failure.getMessage(), containsString("PROCESS with a command"));
  }
}
