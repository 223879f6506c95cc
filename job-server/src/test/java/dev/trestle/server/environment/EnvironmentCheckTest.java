package dev.trestle.server.environment;

import static dev.trestle.server.environment.WorkerFixture.image;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.ThisJvm;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.Components;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.model.pipeline.v1.RunnerApi.Pipeline;
import org.apache.beam.model.pipeline.v1.RunnerApi.ProcessPayload;
import org.junit.jupiter.api.Test;

/** What is refused of a pipeline's environments before anything of it runs. */
final class EnvironmentCheckTest {

  private static final Environment PYTHON = image("apache/beam_python3.11_sdk:2.73.0");
  private static final Environment GO = image("apache/beam_go_sdk:2.73.0");
  private static final Environment EMBEDDED = Environment.newBuilder().setUrn("EMBEDDED").build();
  private static final EnvironmentSettings TRUSTING = WorkerFixture.settings(Path.of("."));
  private static final EnvironmentSettings OPEN = withPrograms(Set.of());

  private static EnvironmentSettings withPrograms(Set<String> programs) {
    return new EnvironmentSettings(
        Optional.of(programs),
        TRUSTING.docker(),
        TRUSTING.containerCommand(),
        TRUSTING.python(),
        TRUSTING.cache(),
        TRUSTING.startTimeout(),
        TRUSTING.stopTimeout());
  }

  /** Each environment has a transform, called Step/0 and so on. */
  private static Pipeline pipeline(Environment... environments) {
    Components.Builder components = Components.newBuilder();
    for (int i = 0; i < environments.length; i++) {
      components
          .putEnvironments("e" + i, environments[i])
          .putTransforms(
              "t" + i,
              PTransform.newBuilder().setUniqueName("Step/" + i).setEnvironmentId("e" + i).build());
    }
    return Pipeline.newBuilder().setComponents(components).build();
  }

  private static void check(EnvironmentSettings settings, int workers, Environment... used) {
    new EnvironmentCheck(settings, new WorkerQuota(10)).check(pipeline(used), workers);
  }

  private static String refusal(EnvironmentSettings settings, int workers, Environment... used) {
    return assertThrows(IllegalArgumentException.class, () -> check(settings, workers, used))
        .getMessage();
  }

  @Test
  void whoCanRunAnythingMayRunItInTheServer() {
    check(TRUSTING, 1, EMBEDDED, ThisJvm.environment(), PYTHON);
  }

  @Test
  void nobodyElseMay() {
    assertThat(
        refusal(OPEN, 1, PYTHON, EMBEDDED),
        startsWith("Transform 'Step/1': There are no SDK workers for the environment EMBEDDED."));
    assertThat(refusal(OPEN, 1, EMBEDDED), containsString("Choose the environment PROCESS"));
    assertThat(
        refusal(OPEN, 1, ThisJvm.environment()),
        containsString("'Step/0': it is to run in the server's own process"));
  }

  @Test
  void programsHaveToBeOnTheList() {
    Environment program =
        Environment.newBuilder()
            .setUrn(EnvironmentChoice.PROCESS)
            .setPayload(ProcessPayload.newBuilder().setCommand("/bin/it").build().toByteString())
            .build();

    check(withPrograms(Set.of("/bin/it")), 1, program);

    assertThat(refusal(OPEN, 1, program), containsString("wants /bin/it to be run"));
  }

  @Test
  void whatNobodyKnowsIsRefusedAtOnce() {
    assertThat(
        refusal(TRUSTING, 1, Environment.newBuilder().setUrn("beam:env:moon:v1").build()),
        containsString("'Step/0': There are no SDK workers for the environment beam:env:moon:v1"));
    assertThat(refusal(TRUSTING, 1, image("mine")), containsString("(mine)"));
  }

  @Test
  void whatNoTransformNeedsIsNotLookedAt() {
    Pipeline.Builder pipeline = pipeline(PYTHON).toBuilder();
    pipeline.getComponentsBuilder().putEnvironments("unused", EMBEDDED);

    new EnvironmentCheck(OPEN, new WorkerQuota(1)).check(pipeline.build(), 1);
  }

  @Test
  void moreWorkersThanTheServerMayHaveAreRefused() {
    check(OPEN, 5, PYTHON, GO);

    assertThat(
        refusal(OPEN, 6, PYTHON, GO),
        startsWith("--sdk_worker_parallelism=6: the pipeline has 2 environments with so many"));
  }
}
