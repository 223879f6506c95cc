package dev.trestle.translation.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi.Environment;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * Cuts the transforms of SDK harnesses into stages.
 *
 * <p>A stage is what reads one collection in one environment, and all that can be reached from it
 * without leaving the environment. Transforms begin a stage where the runner has to see their
 * elements ({@link SdkTransform#beginsStage()}) and where not all of their input comes from stages
 * of their environment; others that read the same collection share theirs. What reads a flatten is
 * copied into the stages of all that is flattened, unless they are too many, and the flatten goes
 * with it. So an element leaves its worker only where it must.
 *
 * <p>No stage waits for itself: what it needs is what its first transform needs.
 */
public final class HarnessFusion {
  /** In how many stages a transform may be. */
  static final int MAX_COPIES = 8;

  /** What transforms may share a stage from its beginning. */
  private record Siblings(String input, Environment environment) {}

  /** A flatten and its id. */
  private record Flatten(String id, PTransform proto) {}

  /** The flattens that write collections. */
  private final Map<String, Flatten> flattens = new HashMap<>();

  private final Map<Siblings, StageDraft> shared = new HashMap<>();
  private final List<StageDraft> stages = new ArrayList<>();

  /** The stages that write a collection; what the runner has a hand in is missing. */
  private final Map<String, Set<StageDraft>> writers = new HashMap<>();

  private HarnessFusion(Map<String, PTransform> flattens) {
    flattens.forEach(
        (id, proto) ->
            proto
                .getOutputsMap()
                .values()
                .forEach(output -> this.flattens.put(output, new Flatten(id, proto))));
  }

  /**
   * Makes stages.
   *
   * @param transforms of all harnesses
   * @param flattens all there are in the pipeline, by id
   * @return every transform in at least one stage
   * @throws IllegalArgumentException if transforms depend on themselves
   */
  public static List<HarnessStage> fuse(
      List<SdkTransform> transforms, Map<String, PTransform> flattens) {
    HarnessFusion fusion = new HarnessFusion(flattens);
    FusionOrder.of(transforms, flattens).forEach(fusion::place);
    return fusion.stages.stream().map(StageDraft::finish).toList();
  }

  private void place(SdkTransform transform) {
    Set<StageDraft> homes =
        transform.beginsStage() ? Set.of() : writersOf(transform.input(), transform.environment());
    if (homes.isEmpty() || homes.size() > MAX_COPIES) {
      homes = Set.of(beginning(transform));
    }
    for (StageDraft stage : homes) {
      stage.transforms.add(transform);
    }
    for (String output : transform.proto().getOutputsMap().values()) {
      writers.put(output, homes);
    }
  }

  private StageDraft beginning(SdkTransform transform) {
    if (transform.beginsStage()) {
      return begin(transform);
    }
    return shared.computeIfAbsent(
        new Siblings(transform.input(), transform.environment()), siblings -> begin(transform));
  }

  private StageDraft begin(SdkTransform transform) {
    StageDraft stage = new StageDraft(transform);
    stages.add(stage);
    return stage;
  }

  /** The stages of an environment that write a collection; none if others have a part in it. */
  private Set<StageDraft> writersOf(String collection, Environment environment) {
    Set<StageDraft> all = writersOf(collection);
    return all.stream().allMatch(stage -> stage.environment().equals(environment)) ? all : Set.of();
  }

  private Set<StageDraft> writersOf(String collection) {
    Set<StageDraft> known = writers.get(collection);
    if (known != null) {
      return known;
    }
    Set<StageDraft> all = new LinkedHashSet<>();
    Flatten flatten = flattens.get(collection);
    if (flatten != null) {
      for (String input : flatten.proto().getInputsMap().values()) {
        Set<StageDraft> some = writersOf(input);
        if (some.isEmpty()) {
          all.clear();
          break;
        }
        all.addAll(some);
      }
    }
    writers.put(collection, all);
    return all;
  }

  /** A stage while it is filled. */
  private final class StageDraft {
    private final SdkTransform first;
    private final List<SdkTransform> transforms = new ArrayList<>();

    StageDraft(SdkTransform first) {
      this.first = first;
    }

    Environment environment() {
      return first.environment();
    }

    HarnessStage finish() {
      Map<String, PTransform> inside = new LinkedHashMap<>();
      for (SdkTransform transform : transforms) {
        if (!transform.input().equals(first.input())) {
          addFlatten(transform.input(), inside);
        }
      }
      return new HarnessStage(first.input(), transforms, inside);
    }

    /**
     * Takes in the flatten that writes a collection, with as much of its input as comes by here.
     */
    private void addFlatten(String collection, Map<String, PTransform> inside) {
      Flatten flatten = flattens.get(collection);
      if (flatten == null || inside.containsKey(flatten.id())) {
        return;
      }
      PTransform.Builder part = flatten.proto().toBuilder().clearInputs();
      flatten
          .proto()
          .getInputsMap()
          .forEach(
              (name, input) -> {
                if (writers.getOrDefault(input, Set.of()).contains(this)) {
                  part.putInputs(name, input);
                }
              });
      inside.put(flatten.id(), part.build());
      part.getInputsMap().values().forEach(input -> addFlatten(input, inside));
    }
  }
}
