package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Step;
import dev.trestle.translation.steps.StepGraphBuilder;
import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi.IsBounded;
import org.apache.beam.model.pipeline.v1.RunnerApi.ReadPayload;
import org.apache.beam.model.pipeline.v1.RunnerApi.TestStreamPayload;
import org.apache.beam.sdk.util.construction.ReadTranslation;

/** Transforms that make elements out of nothing. */
final class Sources {
  /** Not for instances. */
  private Sources() {}

  static void impulse(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    steps.source(new Step.Impulse(transform.name()), transform.onlyOutput());
  }

  static void read(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    ReadPayload payload = ReadPayload.parseFrom(transform.payload());
    Step step =
        payload.getIsBounded() == IsBounded.Enum.BOUNDED
            ? new Step.BoundedRead(
                transform.name(), ReadTranslation.boundedSourceFromProto(payload))
            : new Step.UnboundedRead(
                transform.name(), ReadTranslation.unboundedSourceFromProto(payload));
    steps.source(step, transform.onlyOutput());
  }

  static void testStream(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    TestStreamPayload payload = TestStreamPayload.parseFrom(transform.payload());
    steps.source(
        new Step.ScriptedSource(transform.name(), transform.script(payload)),
        transform.onlyOutput());
  }
}
