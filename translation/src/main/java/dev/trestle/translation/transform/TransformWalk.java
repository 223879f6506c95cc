package dev.trestle.translation.transform;

import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.rehydrate.Rehydrator;
import dev.trestle.translation.steps.StepGraphBuilder;
import dev.trestle.translation.validate.Problems;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * Goes through the transforms of a pipeline from the outside in, and has each translated by the
 * outermost translator that knows it. What nobody knows becomes a problem; the walk goes on, so
 * that all problems are found at once.
 */
public final class TransformWalk {
  /** The parts of a splittable DoFn report metrics and errors under the name of the whole. */
  private static final String SPLITTABLE_PART = "beam:transform:sdf_";

  /** What the Python SDK calls a composite that means nothing in particular. */
  private static final String GENERIC_COMPOSITE = "beam:transform:generic_composite:v1";

  private final RunnerApi.Pipeline pipeline;
  private final Predicate<Environment> thisJvm;
  private final Problems problems;
  private final Rehydrator components;
  private final StepGraphBuilder steps = new StepGraphBuilder();

  /**
   * Prepares a walk.
   *
   * @param pipeline with splittable DoFns in parts
   * @param thisJvm whether the fns of an environment can be called in this JVM
   */
  public TransformWalk(
      RunnerApi.Pipeline pipeline, Predicate<Environment> thisJvm, Problems problems) {
    this.pipeline = pipeline;
    this.thisJvm = thisJvm;
    this.problems = problems;
    this.components = new Rehydrator(pipeline.getComponents());
  }

  /** The steps of all transforms; incomplete if there are problems. */
  public StepGraphBuilder walk() {
    for (String id : pipeline.getRootTransformIdsList()) {
      visit(id, "");
    }
    return steps;
  }

  private void visit(String id, String enclosing) {
    PTransform transform = pipeline.getComponents().getTransformsOrThrow(id);
    String urn = transform.getSpec().getUrn();
    String fullName =
        urn.startsWith(SPLITTABLE_PART) && !enclosing.isEmpty()
            ? enclosing
            : transform.getUniqueName();
    TransformTranslator translator = Translators.BY_URN.get(urn);
    if (translator != null) {
      translate(translator, new TransformName(id, fullName), transform);
    } else if (transform.getSubtransformsCount() > 0) {
      transform.getSubtransformsList().forEach(part -> visit(part, fullName));
    } else if (!passesThrough(transform)) {
      problems.add(fullName, "transform " + urn + " is unknown", Translators.remedy(urn));
    }
  }

  private void translate(TransformTranslator translator, TransformName name, PTransform transform) {
    if (!runsHere(transform, name)) {
      return;
    }
    try {
      translator.translate(new AppliedTransform(name, transform, components, problems), steps);
    } catch (Exception e) { // whatever a user's class does while it is deserialized
      problems.add(
          name.fullName(),
          "cannot be read: " + e,
          "make sure that its classes are here and can be serialized",
          e);
    }
  }

  private boolean runsHere(PTransform transform, TransformName name) {
    String id = transform.getEnvironmentId();
    if (id.isEmpty()) {
      return true;
    }
    Environment environment = pipeline.getComponents().getEnvironmentsOrThrow(id);
    if (thisJvm.test(environment)) {
      return true;
    }
    problems.add(
        name.fullName(),
        "runs in environment " + environment.getUrn() + ", not in this JVM",
        "needs the job server; in-process runs take Java transforms only");
    return false;
  }

  /** A composite of nothing: whatever comes out of it went in. A sink is no such thing. */
  private static boolean passesThrough(PTransform transform) {
    String urn = transform.getSpec().getUrn();
    boolean generic = urn.isEmpty() || urn.equals(GENERIC_COMPOSITE);
    return (generic || transform.getOutputsCount() > 0)
        && Set.copyOf(transform.getInputsMap().values())
            .containsAll(transform.getOutputsMap().values());
  }
}
