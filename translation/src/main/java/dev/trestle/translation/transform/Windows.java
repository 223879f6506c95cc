package dev.trestle.translation.transform;

import dev.trestle.translation.graph.Collection;
import dev.trestle.translation.graph.Step;
import dev.trestle.translation.steps.Entry;
import dev.trestle.translation.steps.StepGraphBuilder;
import java.io.IOException;
import org.apache.beam.model.pipeline.v1.RunnerApi.WindowIntoPayload;
import org.apache.beam.sdk.util.construction.WindowingStrategyTranslation;

/** Transforms that change what collection an element is in and nothing else about it. */
final class Windows {
  /** Not for instances. */
  private Windows() {}

  /** A {@code Window} that only sets a trigger does not come here: the SDK makes it a flatten. */
  static void assign(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    Collection input = transform.onlyInput();
    WindowIntoPayload payload = WindowIntoPayload.parseFrom(transform.payload());
    steps.step(
        Entry.FUSED,
        new Step.AssignWindows(
            transform.name(),
            input,
            WindowingStrategyTranslation.windowFnFromProto(payload.getWindowFn())),
        input,
        transform.onlyOutput());
  }

  static void flatten(AppliedTransform transform, StepGraphBuilder steps) throws IOException {
    steps.flatten(transform.name(), transform.inputIds(), transform.onlyOutput());
  }
}
