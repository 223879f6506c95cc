package dev.trestle.translation;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trestle.translation.validate.Problem;
import dev.trestle.translation.validate.UnsupportedPipelineException;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.FunctionSpec;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalTest {

  private static RunnerApi.Pipeline.Builder proto() {
    Pipeline p = Graphs.pipeline();
    p.apply("Main", Create.of("a")).apply("Same", ParDo.of(new Fns.Same<>()));
    return PipelineTranslator.toProto(p).toBuilder();
  }

  private static void addLeaf(RunnerApi.Pipeline.Builder proto, String name, String urn) {
    PTransform leaf =
        PTransform.newBuilder()
            .setUniqueName(name)
            .setSpec(FunctionSpec.newBuilder().setUrn(urn))
            .build();
    proto.getComponentsBuilder().putTransforms(name, leaf);
    proto.addRootTransformIds(name);
  }

  private static UnsupportedPipelineException refusal(RunnerApi.Pipeline.Builder proto) {
    return assertThrows(
        UnsupportedPipelineException.class, () -> PipelineTranslator.translate(proto.build()));
  }

  @Test
  void unknownTransformIsNamedWithItsUrn() {
    RunnerApi.Pipeline.Builder proto = proto();
    addLeaf(proto, "My/Odd", "odd:transform:v1");

    Problem problem = refusal(proto).problems().get(0);

    assertThat(problem.where(), is("My/Odd"));
    assertThat(problem.feature(), containsString("odd:transform:v1"));
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    RunnerApi.Pipeline.Builder proto = proto();
    proto.addRequirements("odd:requirement:v1");
    addLeaf(proto, "Odd1", "odd:transform:v1");
    addLeaf(proto, "Odd2", "odd:transform:v2");

    UnsupportedPipelineException refusal = refusal(proto);

    assertThat(
        refusal.problems().stream().map(Problem::where).toList(),
        contains("pipeline", "Odd1", "Odd2"));
    assertThat(refusal.getMessage().lines().toList(), hasSize(4));
  }

  @Test
  void contradictoryProtoIsNoRefusal() {
    RunnerApi.Pipeline.Builder proto = proto();
    proto.addRootTransformIds("missing");

    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class, () -> PipelineTranslator.translate(proto.build()));

    assertThat(thrown, not(instanceOf(UnsupportedPipelineException.class)));
    assertThat(thrown.getMessage(), containsString("missing"));
  }

  @Test
  void damagedDoFnIsReportedWithItsCause() {
    RunnerApi.Pipeline.Builder proto = proto();
    String id =
        proto.getComponents().getTransformsMap().entrySet().stream()
            .filter(entry -> entry.getValue().getUniqueName().equals("Same/ParMultiDo(Same)"))
            .findFirst()
            .orElseThrow()
            .getKey();
    PTransform.Builder damaged = proto.getComponents().getTransformsOrThrow(id).toBuilder();
    damaged
        .getSpecBuilder()
        .setPayload(
            RunnerApi.ParDoPayload.newBuilder()
                .setDoFn(FunctionSpec.newBuilder().setUrn("odd:dofn:v1"))
                .build()
                .toByteString());
    proto.getComponentsBuilder().putTransforms(id, damaged.build());

    UnsupportedPipelineException refusal = refusal(proto);

    assertThat(refusal.problems().get(0).where(), is("Same/ParMultiDo(Same)"));
    assertThat(refusal.getSuppressed()[0].getMessage(), containsString("odd:dofn:v1"));
  }

  @Test
  void stateNeedsWindowsThatDoNotMerge() {
    Pipeline p = Graphs.pipeline();
    p.apply(Create.of(KV.of("a", 1L)))
        .apply(Window.into(Sessions.withGapDuration(Duration.millis(5))))
        .apply("Counting", ParDo.of(new Fns.Counting()));

    Problem problem = refusal(PipelineTranslator.toProto(p).toBuilder()).problems().get(0);

    assertThat(problem.where(), is("Counting/ParMultiDo(Counting)"));
    assertThat(problem.feature(), containsString("Sessions"));
  }
}
