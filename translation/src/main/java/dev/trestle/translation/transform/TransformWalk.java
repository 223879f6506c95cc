package dev.trestle.translation.transform;

import dev.trestle.translation.harness.SdkTransform;
import dev.trestle.translation.rehydrate.Rehydrator;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.transform.Found.Role;
import dev.trestle.translation.validate.Problems;
import dev.trestle.translation.wire.WireComponents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.jspecify.annotations.Nullable;

/**
 * Has every transform of a pipeline translated. What nobody knows becomes a problem; the walk goes
 * on, so that all problems are found at once.
 */
public final class TransformWalk {
  private final RunnerApi.Pipeline pipeline;
  private final Problems problems;
  private final List<Found> found;
  private final Rehydrator components;
  private final WireComponents wire;
  private final StepGraphBuilder steps = new StepGraphBuilder();
  private final CollectionForms collections;
  private final List<SdkTransform> sdkTransforms = new ArrayList<>();
  private final Map<String, PTransform> flattens = new HashMap<>();

  /**
   * Prepares a walk.
   *
   * @param pipeline with splittable DoFns in parts
   * @param thisJvm whether the fns of an environment can be called in this JVM
   */
  public TransformWalk(
      RunnerApi.Pipeline pipeline, Predicate<Environment> thisJvm, Problems problems) {
    this.pipeline = pipeline;
    this.problems = problems;
    found = TransformSearch.search(pipeline, thisJvm);
    components = new Rehydrator(pipeline.getComponents());
    wire = new WireComponents(pipeline.getComponents(), components, thisJvm);
    collections = new CollectionForms(found, components, wire, steps);
  }

  /** The steps of all transforms; incomplete if there are problems. */
  public StepGraphBuilder walk() {
    for (Found one : found) {
      try {
        translate(one);
      } catch (Exception e) { // whatever a user's class does while it is deserialized
        problems.add(one.name().fullName(), "cannot be read: " + e, remedy(one.role()), e);
      }
    }
    if (!sdkTransforms.isEmpty()) {
      new HarnessSteps(wire, collections, steps, problems).add(sdkTransforms, flattens);
    }
    return steps;
  }

  private static String remedy(Role role) {
    return role == Role.OBJECTS
        ? "make sure that its classes are here and can be serialized"
        : "look at its inputs and outputs, and at their coders and windows";
  }

  private void translate(Found one) throws IOException {
    if (one.role() == Role.UNKNOWN) {
      refuseUnknown(one);
      return;
    }
    if (one.role() == Role.SDK) {
      if (one.proto().getInputsCount() == 0) {
        refuseUnknown(one);
        return;
      }
      String environment = one.proto().getEnvironmentId();
      sdkTransforms.add(
          SdkTransform.read(
              one.name(),
              one.proto(),
              pipeline.getComponents().getEnvironmentsOrThrow(environment)));
      return;
    }
    if (one.urn().equals(PTransformTranslation.FLATTEN_TRANSFORM_URN)) {
      flattens.put(one.name().id(), one.proto());
    }
    AppliedTransform transform =
        new AppliedTransform(
            one.name(), one.proto(), components, collections, encodedInput(one), problems);
    String urn =
        one.urn().equals(PTransformTranslation.RESHUFFLE_URN)
                && KeyedReshuffle.is(one.proto(), pipeline.getComponents())
            ? PTransformTranslation.REDISTRIBUTE_BY_KEY_URN
            : one.urn();
    Translators.of(urn).translate(transform, steps);
  }

  private void refuseUnknown(Found one) {
    problems.add(
        one.name().fullName(),
        "transform " + one.urn() + " is unknown",
        "expand it into transforms of the Beam model");
  }

  /** The coder of encoded elements that a transform passes on; null if it has objects. */
  private @Nullable String encodedInput(Found one) {
    if (one.role() == Role.OBJECTS) {
      return null;
    }
    String output = AppliedTransform.only(one.proto().getOutputsMap(), "output");
    String id = one.proto().getOutputsOrThrow(output);
    if (!collections.isEncoded(id)) {
      return null;
    }
    return one.urn().equals(PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN)
        ? wire.ungroupedCoderId(id)
        : wire.coderId(id);
  }
}
