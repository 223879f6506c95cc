package dev.trestle.translation.transform;

import dev.trestle.translation.graph.TransformName;
import dev.trestle.translation.transform.Found.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * Goes through the transforms of a pipeline from the outside in, and finds for each the outermost
 * one that somebody knows.
 */
final class TransformSearch {
  /** The parts of a splittable DoFn report metrics and errors under the name of the whole. */
  private static final String SPLITTABLE_PART = "beam:transform:sdf_";

  /** What the Python SDK calls composites that only it knows, even if there is nothing in them. */
  private static final Set<String> COMPOSITES =
      Set.of("", "beam:transform:generic_composite:v1", "beam:transform:pickled_python:v1");

  /** What an SDK harness runs as a whole, whatever it consists of. Leaves need not be listed. */
  private static final Set<String> SDK_PRIMITIVES =
      Set.of(
          PTransformTranslation.PAR_DO_TRANSFORM_URN,
          PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN,
          PTransformTranslation.COMBINE_GROUPED_VALUES_TRANSFORM_URN);

  private final RunnerApi.Pipeline pipeline;
  private final Predicate<Environment> thisJvm;
  private final List<Found> found = new ArrayList<>();

  private TransformSearch(RunnerApi.Pipeline pipeline, Predicate<Environment> thisJvm) {
    this.pipeline = pipeline;
    this.thisJvm = thisJvm;
  }

  /** Finds all, in the order of the pipeline. */
  static List<Found> search(RunnerApi.Pipeline pipeline, Predicate<Environment> thisJvm) {
    TransformSearch search = new TransformSearch(pipeline, thisJvm);
    pipeline.getRootTransformIdsList().forEach(id -> search.visit(id, ""));
    return search.found;
  }

  private void visit(String id, String enclosing) {
    PTransform transform = pipeline.getComponents().getTransformsOrThrow(id);
    String urn = transform.getSpec().getUrn();
    boolean part = urn.startsWith(SPLITTABLE_PART) && !enclosing.isEmpty();
    String fullName = part ? enclosing : transform.getUniqueName();
    boolean leaf = transform.getSubtransformsCount() == 0;
    if (isForeign(transform) && recodes(transform)) {
      add(id, fullName, transform, Role.SDK);
    } else if (Translators.PASSING_ON.contains(urn)) {
      add(id, fullName, transform, Role.PASSES_ON);
    } else if (isForeign(transform)) {
      if (SDK_PRIMITIVES.contains(urn) || (leaf && !passesThrough(transform))) {
        add(id, sdkName(transform, fullName), transform, Role.SDK);
      } else {
        visitParts(transform, fullName);
      }
    } else if (Translators.BY_URN.containsKey(urn)) {
      add(id, fullName, transform, roleHere(transform));
    } else if (!leaf) {
      visitParts(transform, fullName);
    } else if (!passesThrough(transform)) {
      add(id, fullName, transform, Role.UNKNOWN);
    }
  }

  private void visitParts(PTransform transform, String fullName) {
    transform.getSubtransformsList().forEach(part -> visit(part, fullName));
  }

  private void add(String id, String fullName, PTransform transform, Role role) {
    found.add(new Found(new TransformName(id, fullName), transform, role));
  }

  /** Windows are assigned by their timestamps alone, unless by a fn of this JVM. */
  private static Role roleHere(PTransform transform) {
    boolean assigns =
        transform.getSpec().getUrn().equals(PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN);
    return assigns && transform.getEnvironmentId().isEmpty() ? Role.PASSES_ON : Role.OBJECTS;
  }

  /** Of the parts of a splittable DoFn, one has its name: there is a step for each. */
  private static String sdkName(PTransform transform, String fullName) {
    return transform
            .getSpec()
            .getUrn()
            .equals(PTransformTranslation.SPLITTABLE_PROCESS_SIZED_ELEMENTS_AND_RESTRICTIONS_URN)
        ? fullName
        : transform.getUniqueName();
  }

  private boolean isForeign(PTransform transform) {
    String id = transform.getEnvironmentId();
    return !id.isEmpty() && !thisJvm.test(pipeline.getComponents().getEnvironmentsOrThrow(id));
  }

  /** A flatten of one collection into one of another coder: only an SDK can write elements so. */
  private boolean recodes(PTransform transform) {
    return transform.getSpec().getUrn().equals(PTransformTranslation.FLATTEN_TRANSFORM_URN)
        && transform.getInputsCount() == 1
        && transform.getOutputsCount() == 1
        && !coderOf(transform.getInputsMap()).equals(coderOf(transform.getOutputsMap()));
  }

  private String coderOf(Map<String, String> collections) {
    return pipeline
        .getComponents()
        .getPcollectionsOrThrow(collections.values().iterator().next())
        .getCoderId();
  }

  /** A composite of nothing: whatever comes out of it went in. A sink is no such thing. */
  private static boolean passesThrough(PTransform transform) {
    return (COMPOSITES.contains(transform.getSpec().getUrn()) || transform.getOutputsCount() > 0)
        && Set.copyOf(transform.getInputsMap().values())
            .containsAll(transform.getOutputsMap().values());
  }
}
