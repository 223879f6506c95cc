package dev.trestle.runner.compatibility;

import java.util.List;
import java.util.Optional;

/**
 * What matters of a step.
 *
 * @param name by which the step is found again in a checkpoint
 * @param parts each role and name once; none for a step whose records need nothing to be read
 */
public record StepDescription(String name, List<Part> parts) {

  public StepDescription {
    parts = List.copyOf(parts);
  }

  /** This step's part of the role and name of another's. */
  Optional<Part> counterpart(Part part) {
    return parts.stream().filter(part::isSameThingAs).findFirst();
  }
}
